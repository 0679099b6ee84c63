"""What agents see: the list, the conversation, the evidence card."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Author, AuthorKind
from bot.conversations.models import Conversation, Customer
from bot.conversations.state import Status
from bot.dialogue.turn import TurnAnswer, TurnRequest
from bot.handoff.service import Reply
from bot.inbox.render import fact_value
from bot.outbox.models import Delivery
from tests.bot.inbox.test_listing import BEGAN, conversation
from tests.databases import on_postgresql
from tests.desk import answer
from tests.inbox import Office, open_office

pytestmark = pytest.mark.asyncio

MARKUP = "<script>alert('x')</script><img src=x onerror=alert(1)>"


class Repeater:
    """An engine that gives the same answer to everything."""

    def __init__(self, given: TurnAnswer) -> None:
        self.given = given

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        return self.given

    async def model_id(self) -> str | None:
        return "test"

    async def close(self) -> None:
        return


async def test_the_queue_has_the_longest_wait_on_top(office: Office) -> None:
    anna = await office.hire()
    first = await office.customer_says("My parcel is lost", thread="a", customer_name="Marta")
    second = await office.customer_says("Invoice please", thread="b")
    page = await anna.page("/inbox")
    assert "<title>(2) Inbox" in page
    assert page.index(first) < page.index(second)
    assert "Marta" in page
    assert "My parcel is lost" in page
    assert page.count("is-unread") == 2
    await anna.page(f"/inbox/conversations/{first}")
    assert (await anna.page("/inbox")).count("is-unread") == 1


async def test_each_view_holds_what_its_name_says(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    taken = await office.customer_says("One", thread="a")
    closed = await office.customer_says("Two", thread="b")
    await anna.act(taken, "claim", epoch=await office.epoch(taken))
    await anna.act(closed, "close", epoch=await office.epoch(closed))
    views = {
        view: await anna.page("/inbox", view=view) for view in ("queue", "mine", "bot", "closed")
    }
    assert [view for view, page in views.items() if taken in page] == ["mine"]
    assert [view for view, page in views.items() if closed in page] == ["closed"]
    assert "Nobody is waiting." in views["queue"]
    assert taken not in await piotr.page("/inbox", view="mine")
    assert 'data-view="queue"' in await anna.page("/inbox", view="nonsense")


async def test_another_desks_conversations_do_not_exist_for_an_agent(office: Office) -> None:
    stranger = await office.hire("Zoe", desks=["it-help"])
    conversation = await office.customer_says("Hello?")
    assert conversation not in await stranger.page("/inbox")
    for path in ("", "/news", "/turns/1"):
        response = await stranger.http.get(f"/inbox/conversations/{conversation}{path}")
        assert response.status_code == 404
        assert "Hello?" not in response.text
    epoch = await office.epoch(conversation)
    for action in ("claim", "release", "return_to_bot", "close", "reply", "note"):
        fields = {"epoch": epoch, "text": "x", "note": "x"}
        assert (await stranger.act(conversation, action, **fields)).status_code == 404
    assert await office.epoch(conversation) == epoch


async def test_markup_is_shown_as_text_wherever_it_stands(office: Office) -> None:
    anna = await office.hire()
    context = {"url": "javascript:alert(1)", "title": MARKUP, "browser": MARKUP}
    conversation = await office.customer_says(MARKUP, customer_name=MARKUP, context=context)
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    await anna.act(conversation, "note", note=MARKUP)
    for path in ("", "/news", "/turns/1"):
        page = await anna.page(f"/inbox/conversations/{conversation}{path}")
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript:' not in page
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert page.count("&lt;script&gt;alert(&#39;x&#39;)") >= 5


async def test_the_page_speaks_polish_when_its_agent_does(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Dzień dobry", language="pl")
    response = await anna.post(
        "/inbox/language", htmx=False, language="pl", back=f"/inbox/conversations/{conversation}"
    )
    assert response.headers["location"] == f"/inbox/conversations/{conversation}"
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert '<html lang="pl">' in page
    for words in ("Kolejka", "Przejmij", "Nie było połączenia z botem", "polski", "Notatka"):
        assert words in page
    visitor = office.browser()
    assert "Zaloguj" in (await visitor.get("/inbox/sign-in?lang=pl")).text
    tongue = {"Accept-Language": "de, pl-PL;q=0.8, en;q=0.5"}
    assert "Zaloguj" in (await visitor.get("/inbox/sign-in", headers=tongue)).text


async def test_the_card_says_what_the_bot_knows(tmp_path: Path) -> None:
    given = answer(
        "It is on its way.",
        intent="care_order_status",
        confidence=0.93,
        ranking=[
            {"name": "care_order_status", "confidence": 0.93},
            {"name": "care_change_order", "confidence": 0.22},
        ],
        entities=[{"entity": "order_number", "value": "10482"}],
    )
    async with open_office(tmp_path, engine=Repeater(given)) as office:
        anna = await office.hire()
        context = {
            "url": "https://shop.example/cart",
            "title": "Cart",
            "browser": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
        }
        earlier = await office.customer_says("Where is 10482?", context=context)
        await anna.act(earlier, "close", epoch=await office.epoch(earlier))
        now_open = await office.customer_says("And 10482 again?", context=context)
        page = await anna.page(f"/inbox/conversations/{now_open}")
        for words in (
            "Where is my order",
            "93 %",
            "ahead by 71 points",
            "10482",
            "Firefox 133, Linux",
            "<dt>Device</dt><dd>computer</dd>",
        ):
            assert words in page
        assert 'href="https://shop.example/cart" target="_blank" rel="noopener noreferrer"' in page
        assert f"/inbox/conversations/{earlier}" in page
        details = await anna.page(f"/inbox/conversations/{now_open}/turns/1")
        assert "care_change_order" in details


async def test_the_card_has_values_in_the_agents_words(tmp_path: Path) -> None:
    given = answer("Which item?", slots={"return_reason": "faulty", "return_item": "JBL"})
    async with open_office(tmp_path, engine=Repeater(given)) as office:
        anna = await office.hire()
        page = await anna.page(f"/inbox/conversations/{await office.customer_says('It broke')}")
        assert ">faulty " in page
        assert ">JBL " in page
    assert fact_value("return_reason", "faulty", "pl") == "jest wadliwe"


async def test_what_answers_a_form_hides_neither_wish_nor_topic(tmp_path: Path) -> None:
    asks = {"requested_slot": "return_item"}
    engine = Repeater(answer("Which item?", intent="care_return_item", slots=asks))
    async with open_office(tmp_path, engine=engine) as office:
        anna = await office.hire()
        await office.customer_says("I want to return something")
        engine.given = answer("Why?", intent="nlu_fallback", slots={"requested_slot": "reason"})
        conversation = await office.customer_says("the small jbl")
        page = await anna.page(f"/inbox/conversations/{conversation}", view="bot")
        assert "<blockquote" in page
        assert "I want to return something</blockquote>" in page
        assert '<span class="row-wish">Return a product</span>' in page
        assert "Not understood" not in page


async def test_engine_trouble_is_a_reason_in_words(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "The bot could not be reached." in page
    assert "The bot has recognised nothing yet." in page
    assert "its engine failed" in await anna.page(f"/inbox/conversations/{conversation}/turns/1")


async def test_news_brings_only_what_is_new(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("First words")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    after = (await office.messages(conversation))[-1].seq
    await anna.act(conversation, "note", note="Look here")
    await office.customer_says("Second words")
    epoch = await office.epoch(conversation)
    news = await anna.page(
        f"/inbox/conversations/{conversation}/news", after=after, notes=0, page_epoch=epoch
    )
    entries = news.split("hx-swap-oob")[0]
    assert "Second words" in entries
    assert "Look here" in entries
    assert "First words" not in entries
    assert f'name="after" value="{after + 1}"' in news
    assert "<textarea" not in news, "the composer is never touched"
    assert "changed hands" not in news
    stale = await anna.page(f"/inbox/conversations/{conversation}/news", page_epoch=epoch - 1)
    assert "changed hands" in stale


async def test_reading_counts_only_while_the_page_is_visible(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("One")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    await office.customer_says("Two")
    news = f"/inbox/conversations/{conversation}/news"
    await anna.page(news)
    assert "is-unread" in await anna.page("/inbox", view="mine")
    await anna.page(news, visible=1)
    assert "is-unread" not in await anna.page("/inbox", view="mine")


async def test_a_list_that_has_not_changed_is_not_sent_again(office: Office) -> None:
    anna = await office.hire()
    await office.customer_says("One")
    sent = await anna.page("/inbox/list", view="queue")
    digest = sent.split('name="list_digest" value="')[1].split('"')[0]
    query = {"view": "queue", "list_digest": digest}
    assert (await anna.http.get("/inbox/list", params=query)).status_code == 204
    await office.customer_says("Two", thread="t2")
    assert "<title>(2) Inbox" in await anna.page("/inbox/list", **query)


async def test_what_could_not_be_delivered_is_seen(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    reply = Reply("Good morning", epoch + 1, "k")
    message = await office.parts.handoffs.reply(anna.agent, conversation, reply)
    await office.settle()
    async with office.parts.db.write() as tx:
        dead = update(Delivery).where(Delivery.message_id == message.id)
        await tx.session.execute(dead.values(status="dead", problem="blocked"))
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "could not be delivered" in page
    assert "(blocked)" in page
    assert "Not delivered" in page


async def test_the_transcript_tells_the_four_voices_apart(office: Office) -> None:
    anna = await office.hire()
    conversation_id = await office.customer_says("Hello?")
    await anna.act(conversation_id, "claim", epoch=await office.epoch(conversation_id))
    reply = {"text": "Good morning", "epoch": await office.epoch(conversation_id), "key": "k"}
    await anna.act(conversation_id, "reply", **reply)
    async with office.parts.db.write() as tx:
        conversation = await office.conversation(conversation_id)
        conversation = await tx.session.merge(conversation)
        say = office.parts.frontdesk._conversations.say
        await say(tx, conversation, Author(AuthorKind.BOT), "Beep")
    page = await anna.page(f"/inbox/conversations/{conversation_id}")
    for kind in ("customer", "bot", "agent", "system"):
        assert f"by-{kind}" in page


async def test_the_card_names_the_answers_that_did_not_help(tmp_path: Path) -> None:
    given = answer("Two days.", answered="utter_care_delivery_time")
    async with open_office(tmp_path, engine=Repeater(given)) as office:
        anna = await office.hire()
        conversation = await office.customer_says("When does it come?")
        question = (await office.messages(conversation))[-1]
        no = question.buttons[1]
        await office.customer_says("No", payload=no["payload"], offered_in=question.seq)
        page = await anna.page(f"/inbox/conversations/{conversation}")
        assert "Not helpful:" in page
        assert f'href="/inbox/conversations/{conversation}?from=1#m1"' in page
        tried = page[page.index("What the bot tried") :]
        assert "Two days." in tried
        assert "Was this helpful?" not in tried


@pytest.mark.skipif(not on_postgresql(), reason="SQLite, without statistics, sorts")
@pytest.mark.parametrize(
    ("view", "index"),
    [("bot", "ix_conversations_list_bot"), ("closed", "ix_conversations_list_closed")],
)
async def test_long_lists_are_read_along_an_index(office: Office, view: str, index: str) -> None:
    anna, db = await office.hire(), office.parts.db
    asked: list[tuple[str, Any]] = []

    def note(_: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        # The desk's own looks ask such questions, too: this is the list's.
        if f"status = '{view}' ORDER BY conversations" in " ".join(statement.split()):
            asked.append((statement, values))

    event.listen(db._reader.sync_engine, "before_cursor_execute", note)
    await anna.page("/inbox", view=view)
    statement, values = asked[0]
    # A plan rests on what is known of the rows: here on these, whatever was counted before.
    async with AsyncSession(db._writer) as session:
        status = Status.BOT if view == "bot" else Status.CLOSED
        customer = {"id": "customer", "channel": "web", "external_id": "x", "language": "en"}
        closed_at = BEGAN if view == "closed" else None
        rows = [
            conversation(n, status=status, queued_at=None, closed_at=closed_at) for n in range(500)
        ]
        await session.execute(insert(Customer), [customer])
        await session.execute(insert(Conversation), rows)
        connection = await session.connection()
        await connection.exec_driver_sql("ANALYZE conversations")
        for way in ("seqscan", "sort", "incremental_sort", "bitmapscan"):
            await connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        assert f"Index Only Scan Backward using {index}" in str(plan.all())
