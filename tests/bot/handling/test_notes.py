"""Notes that name colleagues, and questions to one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.news import agents_topic
from bot.records.mentions import Person, Piece, UnclearMention, find_mentions, pieces
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


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("@Anna Kowalska, look", [("@Anna Kowalska", "a"), (", look", None)]),
        ("(@ŁUKASZ Żak) or @lukasz?", [("(", None), ("@ŁUKASZ Żak", "b"), (") or ", None),
                                       ("@lukasz", "b"), ("?", None)]),
        ("to anna@lukasz.com, @nobody, @Anna", [("to anna@lukasz.com, @nobody, @Anna", None)]),
        ("", []),
    ],
)  # fmt: skip
def test_a_note_in_stretches_says_whom_each_names(
    words: str, shown: list[tuple[str, str | None]]
) -> None:
    assert pieces(words, PEOPLE) == tuple(Piece(*one) for one in shown)


@given(st.lists(st.sampled_from(["@", "Anna", " ", "Kowalska", "Łukasz", ".", "İß", "\n"])))
def test_stretches_are_the_note_whatever_stands_in_it(parts: list[str]) -> None:
    words = "".join(parts)
    assert "".join(piece.text for piece in pieces(words, PEOPLE)) == words


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
    listed = await piotr.page("/inbox", view="mentions")
    assert f"note={mention.note_id}#n{mention.note_id}" in listed
    assert "is this yours?" in listed, "the row shows the note"
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


@pytest.mark.asyncio
async def test_a_name_in_a_note_leads_to_who_it_is(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    here = f"/inbox/conversations/{conversation}"
    await anna.act(conversation, "note", note="<b>@Piotr</b> & @piotr, not @Anna: <i>see</i>")
    place = f"{here}/panel/colleague?who={piotr.agent.id}"
    page = await piotr.page(here)
    words = page.split('class="note">')[1].split('class="words"')[1].split("</p>")[0]
    assert words.count(f'<a class="mention is-me" href="{place}"') == 2
    assert ">@Piotr</a>&lt;/b&gt; &amp; " in words
    assert ", not @Anna: &lt;i&gt;see&lt;/i&gt;" in words
    assert 'class="mention" ' in await anna.page(here)
    shown = await anna.page(f"{here}/panel/colleague", who=piotr.agent.id)
    assert "Piotr" in shown
    assert "Offline" in shown
    assert f"/panel/ask?to={piotr.agent.id}" in shown
    await office.parts.presence.heartbeat(piotr.agent.id)
    assert "Online" in await anna.page(f"{here}/panel/colleague", who=piotr.agent.id)
    asked = await anna.page(f"{here}/panel/ask", to=piotr.agent.id)
    assert f'value="{piotr.agent.id}" selected' in asked


@pytest.mark.asyncio
async def test_a_name_that_has_changed_is_only_words(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    here = f"/inbox/conversations/{conversation}"
    await anna.act(conversation, "note", note="@Piotr knows")
    async with office.parts.db.write() as tx:
        named = update(Agent).where(Agent.id == piotr.agent.id)
        await tx.session.execute(named.values(name="Zofia <b>", email="z@example.com"))
    page = await anna.page(here)
    assert "@Piotr knows" in page
    assert 'class="mention' not in page
    shown = await anna.page(f"{here}/panel/colleague", who=piotr.agent.id)
    assert "Zofia &lt;b&gt;" in shown


@pytest.mark.asyncio
async def test_who_has_left_is_still_somebody_and_strangers_are_nobody(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    iga = await office.hire("Iga", desks=["it-help"])
    conversation = await office.customer_says("Hello?")
    here = f"/inbox/conversations/{conversation}"
    await anna.act(conversation, "note", note="@Piotr knows")
    async with office.parts.db.write() as tx:
        gone = update(Agent).where(Agent.id == piotr.agent.id).values(disabled_at=now(), desks=[])
        await tx.session.execute(gone)
    shown = await anna.page(f"{here}/panel/colleague", who=piotr.agent.id)
    assert "Has no account any more" in shown
    assert "/panel/ask" not in shown
    for who in (iga.agent.id, "nobody", ""):
        refused = await anna.http.get(f"{here}/panel/colleague", params={"who": who})
        assert refused.status_code == 422
    assert (await iga.http.get(f"{here}/panel/colleague")).status_code == 404


@pytest.mark.asyncio
async def test_the_list_behind_the_sign_has_the_desks_colleagues(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    zofia = await office.hire("Zofia")
    iga = await office.hire("Iga", desks=["it-help"])
    conversation = await office.customer_says("Hello?")
    await office.parts.presence.heartbeat(zofia.agent.id)
    place = f"/inbox/conversations/{conversation}/colleagues"
    found = (await anna.http.get(place)).json()
    assert found == [{"name": "Zofia", "aside": ""}, {"name": "Piotr", "aside": "not online"}]
    assert (await iga.http.get(place)).status_code == 404
    assert piotr.agent.name == "Piotr"
