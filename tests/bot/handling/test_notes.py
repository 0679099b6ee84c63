"""Notes that name colleagues, and questions to one of them."""

import pytest
from sqlalchemy import select

from bot.conversations.service import agents_topic
from bot.records.mentions import Person, UnclearMention, find_mentions
from bot.records.models import Mention
from tests.inbox import Office

PEOPLE = (
    Person("a", "Anna Kowalska", "akow@example.com"),
    Person("b", "Łukasz Żak", "lukasz@example.com"),
    Person("c", "Anna Nowak", "anowak@example.com"),
)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("@Anna Kowalska, please look", ("a",)),
        ("please, @lukasz", ("b",)),
        ("(@ŁUKASZ żak) and @anowak!", ("b", "c")),
        ("@Lukasz's order, @Lukasz again", ("b",)),
        ("write to anna@lukasz.com or @nobody", ()),
        ("@Lukaszek @", ()),
        ("", ()),
    ],
)
def test_names_are_found_whatever_case_and_letters(words: str, named: tuple[str, ...]) -> None:
    assert find_mentions(words, PEOPLE) == named


def test_of_two_of_one_first_name_the_full_one_is_asked_for() -> None:
    with pytest.raises(UnclearMention, match="Anna Kowalska, Anna Nowak"):
        find_mentions("@Anna can you?", PEOPLE)


async def mentions(office: Office) -> list[Mention]:
    async with office.parts.db.read() as session:
        return list(await session.scalars(select(Mention).order_by(Mention.id)))


@pytest.mark.asyncio
async def test_whoever_is_named_hears_of_it_until_they_look(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    with office.parts.bus.subscribe([agents_topic(piotr.agent.id)]) as hints:
        await anna.act(conversation, "note", note="@Piotr and @Anna: is this yours?")
        assert (await hints.get()).kind == "mention"
    (mention,) = await mentions(office)
    assert (mention.agent_id, mention.by_name, mention.kind) == (piotr.agent.id, "Anna", "mention")
    assert mention.seen_at is None
    await piotr.page(f"/inbox/conversations/{conversation}")
    (mention,) = await mentions(office)
    assert mention.seen_at is not None


@pytest.mark.asyncio
async def test_an_unclear_name_keeps_the_note_from_being_lost(office: Office) -> None:
    await office.hire("Anna")
    other = await office.hire("Ania")
    async with office.parts.db.write() as tx:
        (await tx.session.get_one(type(other.agent), other.agent.id)).name = "Anna Nowak"
    piotr = await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    refused = await piotr.act(conversation, "note", note="@Anna?")
    assert refused.status_code == 422
    assert "Anna Nowak" in refused.text
    assert await mentions(office) == []


@pytest.mark.asyncio
async def test_a_question_waits_for_its_colleague_and_is_answered_as_a_note(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    fields = {"to": piotr.agent.id, "note": "May we refund this?"}
    assert (await anna.act(conversation, "ask", **fields)).status_code == 200
    (question,) = await mentions(office)
    assert question.kind == "question"
    here = f"/inbox/conversations/{conversation}"
    assert "Anna asks you:" in await piotr.page(here)
    assert "Piotr has been asked:" in await anna.page(here)
    answer = f"questions/{question.id}/answer"
    assert (await anna.act(conversation, answer, note="Me?")).status_code == 409
    assert "May we refund" in await piotr.page(f"{here}/panel/answer", question=question.id)
    assert (await piotr.act(conversation, answer, note="Yes, in full")).status_code == 200
    page = await anna.page(here)
    assert "Yes, in full" in page
    assert "has been asked" not in page
    assert (await piotr.act(conversation, answer, note="Twice")).status_code == 409
    asked, told = await mentions(office)
    assert asked.answer_id == told.note_id
    assert told.agent_id == anna.agent.id, "whoever asked is told"
    assert [m.author_kind for m in await office.messages(conversation)].count("agent") == 0


@pytest.mark.asyncio
async def test_only_a_colleague_of_the_desk_is_asked(office: Office) -> None:
    anna, iga = await office.hire("Anna"), await office.hire("Iga", desks=["it-help"])
    conversation = await office.customer_says("Hello?")
    for to in (anna.agent.id, iga.agent.id, "nobody", ""):
        response = await anna.act(conversation, "ask", to=to, note="Well?")
        assert response.status_code == 422
    assert await mentions(office) == []
