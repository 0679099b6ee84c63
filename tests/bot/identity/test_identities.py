"""The same person on two devices is one customer; what a guest said goes along, once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.channel import Proof, Recognised
from bot.conversations.errors import JoinedAnother
from bot.conversations.models import Conversation, Customer, Message
from bot.conversations.state import Status
from bot.handoff.queries import load_packet
from bot.identity.models import Identity
from bot.identity.service import visitor_of
from tests.desk import DESK, TestDesk, open_desk
from tests.identity import token, write_desks

pytestmark = pytest.mark.asyncio

ANNA = visitor_of(DESK, "anna")


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path, desks_file=write_desks(tmp_path)) as running:
        yield running


async def arrives(
    desk: TestDesk, user_id: str, visitor: str | None = None, **claims: object
) -> Recognised:
    proof = Proof(jwt=token(user_id, claims=claims))
    return await desk.parts.identities.recognise("web", DESK, visitor, proof)


async def comes_back(desk: TestDesk, visitor: str) -> Recognised:
    return await desk.parts.identities.recognise("web", DESK, visitor, None)


async def says(desk: TestDesk, visitor: str, text: str) -> str:
    """A message of this visitor's; the conversation in which it is."""
    receipt = await desk.customer_says(text, thread=f"{visitor}:{DESK}", customer=visitor)
    return receipt.conversation


async def open_conversations(desk: TestDesk) -> list[Conversation]:
    async with desk.db.read() as session:
        found = await session.scalars(
            select(Conversation).where(Conversation.status != Status.CLOSED)
        )
        return list(found)


async def test_two_devices_are_one_customer_with_one_thread(desk: TestDesk) -> None:
    phone = await arrives(desk, "anna", name="Anna Nowak", email="anna@example.com")
    laptop = await arrives(desk, "anna", name="Anna Nowak", email="anna@example.com")
    assert phone == laptop == Recognised(ANNA, ANNA, "Anna Nowak")
    first = await says(desk, ANNA, "From the phone")
    assert await says(desk, ANNA, "From the laptop") == first
    async with desk.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 1
        conversation = await session.get_one(Conversation, first)
        packet = await load_packet(session, conversation, desks=[DESK])
    assert packet.customer.verified is not None
    assert packet.customer.verified.user_id == "anna"
    assert (packet.customer.name, packet.customer.email) == ("Anna Nowak", "anna@example.com")


async def test_a_guest_who_logs_in_keeps_the_conversation(desk: TestDesk) -> None:
    conversation = await says(desk, "guest1", "Hello?")
    assert (await arrives(desk, "anna", "guest1")).visitor == ANNA
    assert await says(desk, ANNA, "It is me") == conversation
    assert [m.text for m in await desk.messages(conversation)] == ["Hello?", "It is me"]
    status = await desk.parts.frontdesk.thread_status("web", f"{ANNA}:{DESK}")
    assert status is not None
    assert status.conversation == conversation
    assert "identified" in await desk.events(conversation)


async def test_what_was_on_its_way_at_the_login_is_not_doubled(desk: TestDesk) -> None:
    thread = f"guest1:{DESK}"
    sent = desk.inbound("Hello?", thread=thread, customer="guest1", external_id="guest1:m1")
    receipt = await desk.parts.frontdesk.receive_customer_message(sent)
    await desk.settle()
    await arrives(desk, "anna", "guest1")
    again = desk.inbound("Hello?", thread=f"{ANNA}:{DESK}", customer=ANNA, external_id=f"{ANNA}:m1")
    second = await desk.parts.frontdesk.receive_customer_message(again)
    assert (second.duplicate, second.conversation) == (True, receipt.conversation)
    assert len(await desk.messages(receipt.conversation)) == 1


async def test_a_guests_token_is_used_up_and_nobody_can_take_anything_with_it(
    desk: TestDesk,
) -> None:
    conversation = await says(desk, "guest1", "My secret")
    await arrives(desk, "anna", "guest1")
    assert await comes_back(desk, "guest1") == Recognised(None)
    with pytest.raises(JoinedAnother):
        await says(desk, "guest1", "Still me?")
    thief = await arrives(desk, "mallory", "guest1")
    assert thief.visitor == visitor_of(DESK, "mallory")
    assert await desk.parts.frontdesk.thread_status("web", f"{thief.visitor}:{DESK}") is None
    assert (await desk.conversation(conversation)).thread == f"{ANNA}:{DESK}"
    await arrives(desk, "anna", "guest1")  # a second tab that logs in with the old token
    assert (await desk.conversation(conversation)).thread == f"{ANNA}:{DESK}"


async def test_two_people_who_are_known_are_never_merged(desk: TestDesk) -> None:
    await arrives(desk, "anna")
    conversation = await says(desk, ANNA, "Anna's")
    other = await arrives(desk, "jan", ANNA)  # Jan logs in where Anna forgot to log out
    assert other.visitor == visitor_of(DESK, "jan")
    assert (await desk.conversation(conversation)).thread == f"{ANNA}:{DESK}"
    async with desk.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Identity)) == 2


async def test_a_guest_who_never_wrote_leaves_nothing_behind_that_could_be_used(
    desk: TestDesk,
) -> None:
    await arrives(desk, "anna", "guest1")
    with pytest.raises(JoinedAnother):
        await says(desk, "guest1", "In the air while logging in")
    assert await open_conversations(desk) == []


async def test_with_two_open_conversations_the_one_nearest_to_a_human_goes_on(
    desk: TestDesk,
) -> None:
    await arrives(desk, "anna")
    waiting = await says(desk, ANNA, "From the phone")
    await desk.customer_asks_for_human(thread=f"{ANNA}:{DESK}", customer=ANNA)
    with_bot = await says(desk, "guest1", "From the laptop, not logged in yet")
    await arrives(desk, "anna", "guest1")
    assert [c.id for c in await open_conversations(desk)] == [waiting]
    closed = await desk.conversation(with_bot)
    assert (closed.status, closed.thread) == (Status.CLOSED, f"{ANNA}:{DESK}")
    status = await desk.parts.frontdesk.thread_status("web", f"{ANNA}:{DESK}")
    assert status is not None
    assert status.conversation == waiting  # although the other one is newer


async def test_with_two_at_the_same_point_the_one_on_the_screen_goes_on(desk: TestDesk) -> None:
    await arrives(desk, "anna")
    await says(desk, ANNA, "From the phone")
    here = await says(desk, "guest1", "From the laptop")
    await arrives(desk, "anna", "guest1")
    assert [c.id for c in await open_conversations(desk)] == [here]


async def test_the_same_user_id_at_another_desk_is_somebody_else(desk: TestDesk) -> None:
    assert visitor_of("it-help", "anna") != visitor_of(DESK, "anna")


async def test_a_site_that_signs_less_takes_nothing_back_and_a_new_name_is_taken(
    desk: TestDesk,
) -> None:
    account = {"Plan": "Basic", "Orders": 2}
    await arrives(desk, "anna", name="Anna Nowak", email="anna@example.com", account=account)
    await arrives(desk, "anna")
    await arrives(desk, "anna", name="Anna Kowalska")

    async def identity() -> Identity:
        async with desk.db.read() as session:
            return (await session.scalars(select(Identity))).one()

    kept = await identity()
    assert (kept.name, kept.email) == ("Anna Kowalska", "anna@example.com")
    assert kept.account == account
    await arrives(desk, "anna", account={"Plan": "Pro"})
    assert (await identity()).account == {"Plan": "Pro"}, "what the site tells now, all of it"
    await arrives(desk, "anna", account={})
    assert (await identity()).account == {}


async def test_a_name_that_the_page_claims_is_shown_as_a_claim(desk: TestDesk) -> None:
    claims = {"claimed_name": "The King", "claimed_email": "king@example.com"}
    receipt = await desk.customer_says("Hello", context=claims)
    async with desk.db.read() as session:
        conversation = await session.get_one(Conversation, receipt.conversation)
        packet = await load_packet(session, conversation, desks=[DESK])
        written = await session.scalar(select(func.count()).select_from(Message))
    assert written == 1
    assert (packet.customer.name, packet.customer.verified) == (None, None)
    assert packet.customer.claimed_name == "The King"


async def test_a_message_in_the_moment_of_the_login_is_with_the_person_or_refused(
    desk: TestDesk,
) -> None:
    for lap in range(12):
        guest, person = f"guest{lap}", f"person{lap}"
        if lap % 2:
            await says(desk, guest, "Before")
        outcomes = await asyncio.gather(
            says(desk, guest, "At the same moment"),
            arrives(desk, person, guest),
            arrives(desk, person, guest),
            return_exceptions=True,
        )
        assert all(isinstance(outcome, str | Recognised | JoinedAnother) for outcome in outcomes)
        async with desk.db.read() as session:
            left = await session.scalars(
                select(Conversation.id).where(Conversation.thread == f"{guest}:{DESK}")
            )
            theirs = await session.scalars(
                select(Conversation.id).where(
                    Conversation.thread == f"{visitor_of(DESK, person)}:{DESK}"
                )
            )
        assert list(left) == []
        sent = [outcome for outcome in outcomes if isinstance(outcome, str)]
        assert set(sent) <= set(theirs)
