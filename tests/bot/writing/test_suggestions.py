"""Suggested replies: whose words they are, and that nobody else's data come with them."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Customer
from bot.handoff.service import Reply
from bot.writing.responses import Responses
from bot.writing.suggestions import Suggestion, suggest, without_person
from tests.desk import ScriptedEngine, TestDesk, answer, open_desk
from tests.inbox import open_office

INTENT = "care_delivery_time"


def test_the_shipped_bots_answers_are_found_in_both_languages() -> None:
    responses = Responses(Path())
    english, polish = (responses.answer("care_account_login", one) for one in ("en", "pl"))
    assert english is not None
    assert english.startswith("Let's get you back in")
    assert polish not in (None, english)
    assert responses.answer("no_such_intent", "en") is None


def test_a_bot_without_languages_has_its_answers_in_the_domain(tmp_path: Path) -> None:
    domain = "responses:\n  utter_hours:\n  - text: We open at 9.\n  utter_odd: 7\n  utter_no: []\n"
    (tmp_path / "domain.yml").write_text(domain)
    responses = Responses(tmp_path)
    assert responses.answer("hours", "pl") == "We open at 9."
    assert responses.answer("odd", "pl") is None


def test_a_file_that_cannot_be_read_costs_its_own_answers_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "responses" / "en"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("a: [")
    (folder / "b.yml").write_text("responses: {utter_b: [{text: B it is}]}")
    assert Responses(tmp_path).answer("b", "en") == "B it is"


def test_what_was_theirs_alone_becomes_a_gap() -> None:
    words = "Dear Ola, parcel 10482 (ola.n@shop.example, +48 600 100 200) comes on 3 May."
    gaps = without_person(words, "Ola Nowak", "", "en")
    assert gaps == (
        "Dear \u27e6customer’s name\u27e7, parcel \u27e6number\u27e7"
        " (\u27e6e-mail\u27e7, \u27e6number\u27e7) comes on 3 May."
    )
    assert without_person("Hi Ola!", "Ola Nowak", "Jan Kos", "en") == "Hi Jan!"
    assert without_person("A olatus is no Ola.", "Ola", "", "en").startswith("A olatus")


async def queued(desk: TestDesk, thread: str, **fields: Any) -> Conversation:
    """A conversation whose customer asked about delivery, and waits for a person."""
    desk.engine.at_once = answer("Two days.", intent=INTENT)
    await desk.customer_says("How long does it take?", thread=thread, **fields)
    receipt = await desk.customer_asks_for_human(thread=thread, **fields)
    return await desk.conversation(receipt.conversation)


async def answered(desk: TestDesk, anna: Agent, thread: str, words: str, **fields: Any) -> None:
    there = await queued(desk, thread, **fields)
    await desk.handoffs.claim(anna, there.id, epoch=there.epoch)
    there = await desk.conversation(there.id)
    await desk.handoffs.reply(anna, there.id, Reply(words, epoch=there.epoch, key=thread))
    await desk.settle()


async def suggested(desk: TestDesk, agent: Agent, there: Conversation) -> list[Suggestion]:
    async with desk.db.read() as session:
        return await suggest(session, agent, there, responses=Responses(Path()), desk_name={})


@pytest.mark.asyncio
async def test_the_bots_answer_and_what_agents_answered_before(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        anna = await desk.add_agent()
        await answered(desk, anna, "t1", "Dear Ola, it comes on Monday.")
        await answered(desk, anna, "pl", "Przyjdzie w poniedziałek.", language="pl")
        async with desk.db.write() as tx:
            await tx.session.execute(update(Customer).values(name="Ola Nowak"))
        there = await queued(desk, "t2")
        found = await suggested(desk, anna, there)
        assert {one.source for one in found} == {"bot", "agents"}
        assert {one.intent for one in found} == {INTENT}
        before = [one.text for one in found if one.source == "agents"]
        assert before == ["Dear \u27e6customer’s name\u27e7, it comes on Monday."]
        said = [m.text for m in await desk.messages(there.id)]
        assert not {one.text for one in found} & set(said), "what was said is not said again"


WITH_FACTS = f"""responses:
  utter_{INTENT}:
  - text: Dear {{customer.first_name}}, order {{order_number}} goes to {{customer.email}}.
"""


@pytest.mark.asyncio
async def test_what_an_agent_put_right_is_in_the_suggestion(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    told = [{"entity": "order_number", "value": "10482"}]
    engine.at_once = answer("Two days.", intent=INTENT, entities=told)
    async with open_office(tmp_path, engine=engine) as office:
        (tmp_path / "domain.yml").write_text(WITH_FACTS)
        anna = await office.hire()
        conversation = await office.customer_says("How long does order 10482 take?")

        async def suggested_words() -> list[str]:
            async with office.parts.db.read() as session:
                there = await session.get_one(Conversation, conversation)
                bot = Responses(tmp_path)
                found = await suggest(session, anna.agent, there, responses=bot, desk_name={})
            return [one.text for one in found]

        [before] = await suggested_words()
        assert ", order 10482 goes to \u27e6customer’s e-mail\u27e7." in before
        right = {"order_number": "10484", "customer_name": "Ola Nowak", "email": "ola@shop.example"}
        for name, value in right.items():
            assert (await anna.act(conversation, "facts", name=name, value=value)).is_success
        assert await suggested_words() == ["Dear Ola, order 10484 goes to ola@shop.example."]


@pytest.mark.asyncio
async def test_without_an_idea_there_is_no_suggestion(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        anna = await desk.add_agent()
        receipt = await desk.customer_asks_for_human()
        there = await desk.conversation(receipt.conversation)
        assert await suggested(desk, anna, there) == []


@pytest.mark.asyncio
async def test_the_page_offers_them_and_nothing_is_sent(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    engine.at_once = answer("Two days.", intent=INTENT)
    async with open_office(tmp_path, engine=engine) as office:
        anna = await office.hire()
        conversation = await office.customer_says("How long does it take?")
        page = await anna.page(f"/inbox/conversations/{conversation}/suggestions")
        assert 'id="suggestion-1" data-suggested="Items in stock' in page
        assert len(await office.messages(conversation)) == 2, "the question and the bot's answer"
        stranger = await office.hire("Ola", ["it-help"])
        address = f"/inbox/conversations/{conversation}/suggestions"
        assert (await stranger.http.get(address)).status_code == 404
