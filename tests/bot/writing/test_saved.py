"""Saved replies and macros: written, found, filled in, taken in from files, and used."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.accounts.permissions import Role
from bot.audit.acts import Doer
from bot.conversations.models import Conversation, Customer
from bot.writing import repository
from tests.bot.inbox.test_pages import Repeater
from tests.desk import DESK, answer
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def lead(office: Office) -> AgentBrowser:
    return await office.hire("Anna", role=Role.LEAD)


async def keep(agent: AgentBrowser, shortcut: str, **fields: Any) -> int:
    values = {"desk": DESK, "shortcut": shortcut, "title_en": shortcut.title(), "text_en": "Hi"}
    answer = await agent.post("/inbox/saved", htmx=False, **(values | fields))
    return answer.status_code


async def claimed(office: Office, agent: AgentBrowser, **fields: Any) -> str:
    conversation = await office.customer_says("Hello?", **fields)
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def found(agent: AgentBrowser, conversation: str, words: str) -> list[str]:
    address = f"/inbox/conversations/{conversation}/saved"
    answer = await agent.http.get(address, params={"q": words})
    return [item["shortcut"] for item in answer.json()]


async def used(agent: AgentBrowser, office: Office, conversation: str, shortcut: str) -> Any:
    async with office.parts.db.read() as session:
        row = await repository.saved_by_shortcut(session, DESK, shortcut)
    assert row is not None
    return await agent.http.get(f"/inbox/conversations/{conversation}/saved/{row.id}")


async def test_a_lead_writes_them_and_an_agent_uses_them(
    office: Office, lead: AgentBrowser
) -> None:
    fields = {"title_pl": "Żółte pudełko", "text_pl": "Dzień dobry", "text_en": "Hello"}
    assert await keep(lead, "/Box", **fields) == 303
    piotr = await office.hire("Piotr")
    conversation = await claimed(office, piotr)
    assert await found(piotr, conversation, "bo") == ["box"]
    assert await found(piotr, conversation, "zolte") == ["box"], "without diacritics"
    assert await found(piotr, conversation, "PUDEŁ") == ["box"]
    assert await found(piotr, conversation, "nothing") == []
    page = await piotr.page("/inbox/saved")
    assert "/box" in page
    assert "text_en" not in page, "an agent looks, and changes nothing"
    assert await keep(piotr, "mine") == 403


async def test_the_best_fit_comes_first(office: Office, lead: AgentBrowser) -> None:
    for shortcut, title in [("late", "x"), ("a", "It is late"), ("chocolate", "y"), ("late2", "z")]:
        await keep(lead, shortcut, title_en=title)
    conversation = await claimed(office, lead)
    assert await found(lead, conversation, "late") == ["late", "late2", "a", "chocolate"]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    office: Office, lead: AgentBrowser
) -> None:
    bad = await lead.post(
        "/inbox/saved",
        htmx=False,
        desk=DESK,
        shortcut="order",
        title_en="Order",
        text_en="Your order {order_nummer}, {customer.nmae}",
    )
    assert bad.status_code == 422
    assert "{order_nummer}, {customer.nmae}. Mend it" in bad.text
    assert "Your order {order_nummer}, {customer.nmae}</textarea>" in bad.text
    assert await keep(lead, "two words") == 422
    assert await keep(lead, "empty", text_en="") == 422
    assert await keep(lead, "fly", actions="fly away") == 422
    assert await keep(lead, "order", actions="close\nsnooze morning") == 422, "closed comes last"
    assert await keep(lead, "order") == 303
    assert await keep(lead, "ORDER") == 409, "taken"


async def test_it_is_filled_in_for_the_customer_and_gaps_stop_the_reply(
    office: Office, lead: AgentBrowser
) -> None:
    text = "Dear {customer.first_name}, about {order_number}: {not this} {agent.name}, {desk.name}"
    await keep(lead, "order", text_en=text)
    conversation = await claimed(office, lead)
    async with office.parts.db.write() as tx:
        row = await tx.session.get_one(Conversation, conversation)
        named = update(Customer).where(Customer.id == row.customer_id).values(name="Ola Nowak")
        await tx.session.execute(named)
    answer = (await used(lead, office, conversation, "order")).json()
    assert answer["text"] == (
        "Dear Ola, about \u27e6Order number\u27e7: {not this} Anna, Customer care"
    )
    assert answer["told"] == ["Fill in before you send it: Order number"]
    refused = await lead.act(
        conversation,
        "reply",
        text=answer["text"],
        epoch=await office.epoch(conversation),
        key="k",
    )
    assert refused.status_code == 422
    assert "Order number" in refused.text
    assert not [m for m in await office.messages(conversation) if m.author_kind == "agent"]


async def test_a_known_order_number_is_filled_in_and_the_last_word_on_it_counts(
    tmp_path: Path,
) -> None:
    told = [{"entity": "order_number", "value": "10482"}]
    engine = Repeater(answer("It is on its way.", intent="care_order_status", entities=told))
    async with open_office(tmp_path, engine=engine) as office:
        anna = await office.hire("Anna", role=Role.LEAD)
        await keep(anna, "order", text_en="Order {order_number} is packed.")
        conversation = await claimed(office, anna)
        filled = (await used(anna, office, conversation, "order")).json()
        assert (filled["text"], filled["told"]) == ("Order 10482 is packed.", [])
        await anna.act(conversation, "release", epoch=await office.epoch(conversation))
        await office.parts.waiting_room.correct("web", "t1", "order_number", "10483")
        by_customer = (await used(anna, office, conversation, "order")).json()
        assert (by_customer["text"], by_customer["told"]) == ("Order 10483 is packed.", [])
        await anna.act(conversation, "facts", name="order_number", value="10484")
        words = (await used(anna, office, conversation, "order")).json()["text"]
        await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
        epoch = await office.epoch(conversation)
        assert (await anna.act(conversation, "reply", text=words, epoch=epoch, key="k")).is_success
        assert (await office.messages(conversation))[-1].text == "Order 10484 is packed."


async def test_the_customers_language_is_taken_and_another_one_is_told(
    office: Office, lead: AgentBrowser
) -> None:
    await keep(lead, "both", text_en="Hello", text_pl="Dzień dobry")
    await keep(lead, "one", text_en="", text_pl="Tylko po polsku")
    polish = await claimed(office, lead, thread="pl", language="pl")
    english = await claimed(office, lead, thread="en", language="en")
    assert (await used(lead, office, polish, "both")).json()["text"] == "Dzień dobry"
    assert (await used(lead, office, english, "both")).json()["told"] == []
    other = (await used(lead, office, english, "one")).json()
    assert (other["text"], len(other["told"])) == ("Tylko po polsku", 1)
    assert "Polish" in other["told"][0]


async def test_a_variable_that_is_unknown_by_now_is_an_error_at_use(
    office: Office, lead: AgentBrowser
) -> None:
    await keep(lead, "old")
    async with office.parts.db.write() as tx:
        row = await repository.saved_by_shortcut(tx.session, DESK, "old")
        assert row is not None
        row.text = {"en": "{gone_by_now}", "pl": ""}
    conversation = await claimed(office, lead)
    answer = await used(lead, office, conversation, "old")
    assert answer.status_code == 422
    assert "{gone_by_now}" in answer.json()["message"]


async def macro_id(office: Office, shortcut: str) -> str:
    async with office.parts.db.read() as session:
        row = await repository.saved_by_shortcut(session, DESK, shortcut)
    assert row is not None
    return row.id


async def test_a_macro_sends_and_then_acts(office: Office, lead: AgentBrowser) -> None:
    await keep(lead, "bye", text_en="Bye", actions="close")
    conversation = await claimed(office, lead)
    epoch = await office.epoch(conversation)
    fields = {"text": "Bye", "epoch": epoch, "key": "k", "macro": await macro_id(office, "bye")}
    answer = await lead.act(conversation, "reply", **fields)
    assert answer.headers["HX-Retarget"] == "#work"
    assert (await office.conversation(conversation)).status == "closed"
    said = [m.text for m in await office.messages(conversation) if m.author_kind == "agent"]
    assert said == ["Bye"]


async def test_a_macro_without_words_only_acts(office: Office, lead: AgentBrowser) -> None:
    await keep(lead, "later", text_en="", actions="snooze morning")
    conversation = await claimed(office, lead)
    epoch = await office.epoch(conversation)
    fields = {"text": "", "epoch": epoch, "key": "k", "macro": await macro_id(office, "later")}
    assert (await lead.act(conversation, "reply", **fields)).status_code == 200
    assert (await office.conversation(conversation)).status == "snoozed"


async def test_a_macro_that_is_stopped_does_nothing(office: Office, lead: AgentBrowser) -> None:
    await keep(lead, "bye", text_en="Bye", actions="close")
    conversation = await claimed(office, lead)
    began = (await office.conversation(conversation)).last_seq
    await office.customer_says("Wait!")
    fields = {"text": "Bye", "epoch": await office.epoch(conversation), "started": began}
    answer = await lead.act(
        conversation, "reply", key="k", macro=await macro_id(office, "bye"), **fields
    )
    assert answer.status_code == 409
    assert (await office.conversation(conversation)).status == "with_agent"


async def take_in(agent: AgentBrowser, name: str, content: str) -> Any:
    return await agent.http.post(
        "/inbox/saved/import",
        data={"csrf": agent.csrf, "desk": DESK},
        files={"file": (name, content.encode())},
    )


async def test_what_is_taken_along_can_be_taken_in(office: Office, lead: AgentBrowser) -> None:
    await keep(lead, "a", text_en="=1+1", text_pl="Zażółć,\n„gęślą”", actions="snooze monday")
    await keep(lead, "b", title_en="'quoted", text_en="- one\n- two")
    for kind in ("csv", "yaml"):
        file = await lead.http.get(f"/inbox/saved/export?as={kind}")
        async with office.parts.db.write() as tx:
            for row in await repository.saved_of(tx.session, [DESK]):
                await tx.session.delete(row)
        done = await take_in(lead, f"replies.{kind}", file.text)
        assert done.headers["location"].endswith("added=2&changed=0")
        again = await lead.http.get(f"/inbox/saved/export?as={kind}")
        assert again.text == file.text
        assert "Zażółć" in file.text
    assert "2 replaced" in await lead.page("/inbox/saved", added=0, changed=2)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("r.csv", "shortcut,title_en,text_en\na,A,Hi\nb b,B,Hi\n", "Row 3: “b b” is no shortcut"),
        ("r.csv", "shortcut,title_en,text_en\na,A,{nope}\n", "Row 2: This reply names"),
        ("r.csv", "shortcut,title_en,text_en\na,A,Hi\na,A,Hi\n", "Row 3: the shortcut “a”"),
        ("r.csv", "shortcut,title_en,text_en\na,A,Hi,more\n", "Row 2: The columns"),
        ("r.csv", "name,text\na,Hi\n", "The columns must be these"),
        ("r.yml", "- shortcut: a\n  title: {en: A}\n  text: {en: Hi}\n- 7\n", "Row 2: this is no"),
        ("r.yml", "- {shortcut: a, title: {en: A}, actions: [fly]}\n", "Row 1: A saved reply"),
        ("r.yml", "a: [", "cannot be read"),
        ("r.yml", "&a [*a]", "Row 1"),
        ("r.yml", "\ud800", "cannot be read"),
    ],
)
async def test_a_bad_row_is_told_by_its_number_and_nothing_is_taken_in(
    office: Office, lead: AgentBrowser, name: str, content: str, told: str
) -> None:
    raw = content.encode("utf-8", "surrogatepass")
    answer = await lead.http.post(
        "/inbox/saved/import",
        data={"csrf": lead.csrf, "desk": DESK},
        files={"file": (name, raw)},
    )
    assert answer.status_code == 422
    assert told in answer.text
    async with office.parts.db.read() as session:
        assert await repository.saved_of(session, [DESK]) == []


async def test_nobody_reaches_another_desks(office: Office, lead: AgentBrowser) -> None:
    await keep(lead, "ours")
    stranger = await office.hire("Ola", ["it-help"], role=Role.LEAD)
    id = await macro_id(office, "ours")
    assert "/ours" not in await stranger.page("/inbox/saved", desk=DESK)
    await stranger.post("/inbox/saved/remove", htmx=False, id=id)
    taken = await stranger.post(
        "/inbox/saved", htmx=False, id=id, shortcut="x", title_en="X", text_en="X"
    )
    assert taken.status_code == 404
    assert await macro_id(office, "ours") == id


async def test_a_macro_labels_and_hands_over(office: Office, lead: AgentBrowser) -> None:
    await office.parts.handling.labels.make(
        lead.agent, Doer(lead.agent), DESK, "Late parcel", "red"
    )
    assert (
        await keep(lead, "it", actions="label late parcel\npriority urgent\nhand_over it-help")
        == 303
    )
    assert await keep(lead, "no", actions="hand_over nowhere") == 422
    assert await keep(lead, "no", actions="hand_over it-help\nlabel x") == 422, "it is gone by then"
    assert await keep(lead, "none", actions="label no such one") == 303
    conversation = await claimed(office, lead)
    epoch = await office.epoch(conversation)
    macro = await macro_id(office, "none")
    fields = {"text": "One moment", "epoch": epoch, "key": "a"}
    refused = await lead.act(conversation, "reply", macro=macro, **fields)
    assert refused.status_code == 409
    assert "The reply was sent, but" in refused.text
    macro = await macro_id(office, "it")
    fields = {"text": "", "epoch": epoch, "key": "b"}
    away = await lead.act(conversation, "reply", macro=macro, **fields)
    assert away.headers["HX-Redirect"] == "/inbox"
    assert (await office.conversation(conversation)).desk == "it-help"
    assert {"labelled", "priority_set"} <= set(await office.events(conversation))
