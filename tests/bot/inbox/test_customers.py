"""The page of a customer: everything that they asked, at the agent's own desks."""

import pytest
from sqlalchemy import update

from bot.channel import Rating
from bot.conversations.models import Customer
from bot.inbox.customers import page
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def over(office: Office, anna: AgentBrowser, *, thread: str = "t1") -> str:
    """A conversation that an agent had and closed."""
    there = await office.customer_says("Hello?", thread=thread)
    await anna.act(there, "claim", epoch=await office.epoch(there))
    await anna.act(there, "reply", epoch=await office.epoch(there), text="Hello", key=there)
    await office.settle()
    await anna.act(there, "close", epoch=await office.epoch(there))
    return there


async def of(office: Office, conversation: str) -> str:
    """The address of the customer's page."""
    return f"/inbox/customers/{(await office.conversation(conversation)).customer_id}"


async def test_the_timeline_has_every_conversation_and_its_rating(office: Office) -> None:
    anna = await office.hire()
    first = await over(office, anna)
    await office.parts.surveys.rate("web", "t1", Rating(first, {"human": 5}, ""))
    second = await office.customer_says("Hello again")
    stranger = await office.customer_says("Somebody else", thread="t2")
    place = await of(office, second)
    assert f'href="{place}?' in await anna.page(f"/inbox/conversations/{second}")
    shown = await anna.page(place)
    timeline = shown[shown.index('class="timeline"') :]
    assert timeline.index(f"/inbox/conversations/{second}") < timeline.index(
        f"/inbox/conversations/{first}"
    )
    assert "5 of 5" in timeline
    assert stranger not in timeline


async def test_it_goes_on_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "EPISODES", 2)
    anna = await office.hire()
    ids = [await over(office, anna) for _ in range(3)]
    place = await of(office, ids[0])
    newest = await anna.page(place)
    assert ids[0] not in newest[newest.index('class="timeline"') :]
    cursor = newest.split("&amp;after=")[1].split('"')[0]
    oldest = await anna.page(place, after=cursor)
    timeline = oldest[oldest.index('class="timeline"') :]
    assert ids[0] in timeline
    assert ids[1] not in timeline
    assert "after=" not in timeline
    assert ids[2] in await anna.page(place, after="nonsense")


async def test_who_may_be_the_same_is_only_said_to_be_so(office: Office) -> None:
    anna = await office.hire()
    one = await office.customer_says("Hello?")
    other = await office.customer_says("Hello?", thread="t2")
    place, elsewhere = await of(office, one), await of(office, other)
    assert "Perhaps the same person" not in await anna.page(place)
    async with office.parts.db.write() as tx:
        await tx.session.execute(update(Customer).values(email="jan@example.com"))
    shown = await anna.page(place)
    assert "Nobody has checked" in shown
    assert f'href="{elsewhere}?' in shown
    assert f"/inbox/conversations/{other}" not in shown[shown.index('class="timeline"') :]


async def test_another_desks_customer_is_nobody(office: Office) -> None:
    igor = await office.hire("Igor", desks=["it-help"])
    there = await office.customer_says("Hello?")
    response = await igor.http.get(await of(office, there))
    assert response.status_code == 404
    assert "no such customer" in response.text
    assert (await igor.http.get("/inbox/customers/x")).status_code == 404
