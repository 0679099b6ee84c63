"""What agents do, and what is refused them."""

import pytest
from sqlalchemy import select

from bot.conversations.models import Note
from bot.conversations.state import Status
from bot.inbox.views import abilities
from bot.outbox.models import Delivery
from tests.inbox import Office

pytestmark = pytest.mark.asyncio


async def test_claim_reply_and_back_to_the_bot(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    page = (await anna.act(conversation, "claim", epoch=epoch)).text
    assert 'id="reply-text"' in page
    assert f'name="epoch" value="{epoch + 1}"' in page

    fields = {"text": "  Good morning  ", "epoch": epoch + 1, "key": "k1"}
    response = await anna.act(conversation, "reply", **fields)
    assert response.status_code == 200
    assert 'id="reply-text"' in response.text
    assert "Good morning" not in response.text, "the composer comes back empty"
    said = (await office.messages(conversation))[-1]
    assert (said.text, said.author_kind, said.author_name) == ("Good morning", "agent", "Anna")
    async with office.parts.db.read() as session:
        booked = await session.scalars(select(Delivery).where(Delivery.message_id == said.id))
        assert booked.one().conversation_id == conversation

    page = (await anna.act(conversation, "return_to_bot", epoch=epoch + 1)).text
    assert 'id="reply-text"' not in page
    assert (await office.conversation(conversation)).status is Status.BOT


async def test_release_puts_it_back_for_a_colleague(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    await anna.act(conversation, "release", epoch=epoch + 1)
    assert conversation in await piotr.page("/inbox", view="queue")
    assert (await piotr.act(conversation, "claim", epoch=epoch + 2)).status_code == 200
    assert (await office.conversation(conversation)).agent_name == "Piotr"


async def test_the_second_of_two_who_claim_is_told(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    assert (await anna.act(conversation, "claim", epoch=epoch)).status_code == 200
    refused = await piotr.act(conversation, "claim", epoch=epoch)
    assert refused.status_code == 409
    assert refused.headers["hx-retarget"] == "#alert"
    assert "changed hands" in refused.text
    late = await piotr.act(conversation, "claim", epoch=epoch + 1)
    assert "Anna is working on this" in late.text
    page = await piotr.page(f"/inbox/conversations/{conversation}")
    assert 'id="do-' not in page
    assert 'id="reply-text"' not in page
    assert 'id="note-text"' in page


async def test_a_reply_from_before_the_change_is_refused_and_recorded(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    await anna.act(conversation, "release", epoch=epoch + 1)
    before = len(await office.messages(conversation))
    refused = await anna.act(conversation, "reply", text="Late", epoch=epoch + 1, key="k")
    assert refused.status_code == 409
    assert "Your text is kept" in refused.text
    assert "<textarea" not in refused.text, "only the alert is swapped, so the text stays"
    assert len(await office.messages(conversation)) == before
    assert "stale_send_refused" in await office.events(conversation)


async def test_a_double_click_sends_once(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    for _ in range(2):
        fields = {"text": "Once", "epoch": epoch + 1, "key": "same-form"}
        assert (await anna.act(conversation, "reply", **fields)).status_code == 200
    assert [m.text for m in await office.messages(conversation)].count("Once") == 1


@pytest.mark.parametrize(
    ("words", "told"), [(" \n ", "The message is empty"), ("x" * 4001, "at most 4000")]
)
@pytest.mark.parametrize(("action", "field"), [("reply", "text"), ("note", "note")])
async def test_empty_and_too_long_texts_are_refused(
    office: Office, action: str, field: str, words: str, told: str
) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    before = len(await office.messages(conversation))
    fields = {"epoch": epoch + 1, "key": "k", field: words}
    refused = await anna.act(conversation, action, **fields)
    assert refused.status_code == 422
    assert told in refused.text
    assert len(await office.messages(conversation)) == before


async def test_a_refusal_speaks_the_agents_language(office: Office) -> None:
    anna = await office.hire()
    await anna.post("/inbox/language", language="pl")
    conversation = await office.customer_says("Hello?")
    refused = await anna.act(conversation, "release", epoch=await office.epoch(conversation))
    assert refused.status_code == 409
    assert "stan rozmowy to „w kolejce”" in refused.text


async def test_a_form_without_its_fields_is_refused_not_broken(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    for epoch in ("", "x", "-1", "٣", "9" * 40):
        assert (await anna.act(conversation, "claim", epoch=epoch)).status_code == 409
    assert (await anna.act(conversation, "claim")).status_code == 409
    assert (await anna.act(conversation, "reply")).status_code == 422
    assert (await anna.act("no-such-id", "claim", epoch=1)).status_code == 404


async def test_a_note_never_becomes_a_message(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    before = [m.text for m in await office.messages(conversation)]
    response = await piotr.act(conversation, "note", note="Sounds upset", text="Sounds upset")
    assert response.status_code == 200
    assert [m.text for m in await office.messages(conversation)] == before
    async with office.parts.db.read() as session:
        assert (await session.scalars(select(Note))).one().text == "Sounds upset"
    page = await anna.page(f"/inbox/conversations/{conversation}")
    note = page.split('class="note"')[1].split("</article>")[0]
    assert "Internal note" in note
    assert "Sounds upset" in note


async def test_closing_ends_it_and_offers_nothing_more(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    page = (await anna.act(conversation, "close", epoch=await office.epoch(conversation))).text
    assert "This conversation is closed." in page
    assert 'id="do-' not in page
    assert await office.customer_says("One more thing") != conversation


async def test_without_script_forms_still_work(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    here = f"/inbox/conversations/{conversation}"
    claimed = await anna.act(conversation, "claim", htmx=False, epoch=epoch)
    assert (claimed.status_code, claimed.headers["location"]) == (303, here)
    refused = await anna.act(conversation, "claim", htmx=False, epoch=epoch)
    assert refused.status_code == 409
    assert "<h1>This did not work</h1>" in refused.text


async def test_a_giant_form_is_not_even_read(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    response = await anna.act(conversation, "note", note="x" * 600_000)
    assert response.status_code == 413


@pytest.mark.parametrize("status", list(Status))
async def test_only_what_the_table_allows_is_offered(status: Status) -> None:
    own = abilities(status, owner_id="me", agent_id="me")
    offered = [trigger.value for trigger in own.triggers]
    taken = status in (Status.WITH_AGENT, Status.SNOOZED)
    assert (
        offered
        == {
            Status.BOT: ["claim", "close"],
            Status.QUEUED: ["claim", "return_to_bot", "close"],
            Status.WITH_AGENT: ["return_to_bot", "release", "close"],
            Status.SNOOZED: ["wake", "return_to_bot", "release", "close"],
            Status.CLOSED: [],
        }[status]
    )
    assert own.may_reply is taken
    other = abilities(status, owner_id="someone", agent_id="me")
    assert (other.triggers == ()) is (taken or status is Status.CLOSED)
