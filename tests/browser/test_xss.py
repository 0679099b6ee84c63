"""Three hundred attacks from every side: none runs in the widget, in the inbox or in a transcript.

Each is sent by a customer, by the bot (words, buttons, cards, addresses), by an agent (words, name,
note), as a file's name, as a page's title, address and referrer, and as a customer's name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.channel import InboundMessage, TranscriptWish
from bot.conversations.models import Conversation, Message
from bot.dialogue.turn import TurnAnswer, TurnRequest
from tests.browser.inbox import signed_in
from tests.browser.live import LiveAgent, LiveDesk, Widget, open_live_desk
from tests.browser.xss import Watch, in_pieces, payloads
from tests.desk import DESK, answer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CAN_WAIT_MS = 60_000
ATTACKS = payloads()
# PostgreSQL keeps no NUL, so the desk takes none from anybody; who writes one is told.
SENDABLE = [attack for attack in ATTACKS if "\x00" not in attack]
NAME_LENGTH = 200
NAMES = [attack for attack in SENDABLE if len(attack) <= NAME_LENGTH]
PIECES = in_pieces(SENDABLE, 400)
# By what arrives: a form knows one sign for the end of a line, and what surrounds words is cut off.
MEANT = {piece.replace("\r", "\n").strip(): attacks for piece, attacks in PIECES.items()}
LAST = "Everything, please"


@dataclass
class Scene:
    """A desk after all the attacks, the chat that they were sent in, and who answered it."""

    desk: LiveDesk
    widget: Widget
    watch: Watch
    agent: LiveAgent
    conversation: Conversation


def is_address(attack: str) -> bool:
    return attack.lower().startswith(("http://", "https://"))


def card_of(attack: str) -> list[dict[str, Any]]:
    """The attack in every field of a card, alone and behind an address that is fine."""
    return [
        {"title": attack, "text": attack, "buttons": [{"title": attack, "payload": attack}]},
        {"title": "link", "link": {"title": attack, "url": attack}},
        {"title": "link", "link": {"title": attack, "url": f"https://shop.example/{attack}"}},
        {"title": "image", "image": None if is_address(attack) else attack},
    ]


def echo(request: TurnRequest) -> TurnAnswer:
    """The bot says what it hears, in all the ways it has; at last with every button."""
    words = request.text or ""
    if words == LAST:
        tens = [SENDABLE[start : start + 10] for start in range(0, len(SENDABLE), 10)]
        replies = [
            {"text": "Choose", "buttons": [{"title": one, "payload": one} for one in ten]}
            for ten in tens
        ]
        told = [{"entity": "order_number", "value": " ".join(SENDABLE[:20])}]
        return answer(replies=replies, entities=told, slots={"order_number": told[0]["value"]})
    said = [
        {"text": one, "image": None if is_address(one) else one, "custom": {"cards": card_of(one)}}
        for one in MEANT[words]
    ]
    return answer(replies=said)


@pytest.fixture(scope="module")
def scene(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("attacked")
    with open_live_desk(folder, messages_burst=10_000, messages_per_second=10_000) as desk:

        async def ask(request: TurnRequest) -> TurnAnswer:
            return echo(request)

        desk.server.engine.ask = ask  # type: ignore[method-assign]
        context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        watch, page = Watch(context), context.new_page()
        page.goto(f"{desk.url}/?q=<script>alert(1)</script>#<img src=x onerror=alert(1)>")
        page.evaluate("title => { document.title = title; }", " ".join(ATTACKS[:10]))
        widget = Widget(page)
        widget.open()
        customer_attacks(widget)
        agent = desk.agent()
        agent_attacks(desk, agent)
        last = widget.chat.locator(".row.agent .bubble", has_text=re.compile(r"^\s*Files\s*$"))
        expect(last.last).to_be_attached(timeout=CAN_WAIT_MS)
        yield Scene(desk, widget, watch, agent, desk.conversation())
        context.close()


def customer_attacks(widget: Widget) -> None:
    """By hand, as a customer would; the bot echoes each. What is no text is refused."""
    for attacks in PIECES:
        widget.says(attacks)
    for attack in set(ATTACKS).difference(SENDABLE):
        widget.says(attack)
    widget.says(LAST)
    expect(widget.chat.locator(".choices").last).to_be_visible(timeout=CAN_WAIT_MS)


def agent_attacks(desk: LiveDesk, agent: LiveAgent) -> None:
    """With another name each time, and as notes; then with files that are called like that."""
    agent._agent.name = SENDABLE[0]
    agent.claims()
    there = desk.conversation()
    for attacks in in_pieces(SENDABLE, NAME_LENGTH):
        agent._agent.name = attacks
        agent.replies(attacks)
        desk.run(desk.parts.handoffs.note(agent._agent, there.id, attacks))
    agent.replies("Files")

    async def name_files() -> None:
        """As another channel might, whose names we do not clean."""
        carried = [
            {"id": str(n), "name": one, "type": "image/png", "size": 1, "url": f"/files/{n}"}
            for n, one in enumerate(SENDABLE)
        ]
        async with desk.parts.db.write() as tx:
            named = update(Message).where(Message.text == "Files").values(attachments=carried)
            await tx.session.execute(named)

    desk.run(name_files())


def missing(
    page: Page, selector: str, attacks: list[str] = SENDABLE, *, marks: bool = False
) -> list[str]:
    """Which of them are not shown there, letter by letter.

    A form knows one sign for the end of a line, and what surrounds words is cut off. `marks`:
    an agent's messages have marks (docs/markup.md), which are no letters.
    """

    def letters(words: str) -> str:
        words = words.replace("\r", "\n").strip()
        return re.sub(r"[*_`\\\s]", "", words) if marks else words

    found: list[str] = page.locator(selector).evaluate_all("all => all.map((e) => e.textContent)")
    shown = letters("\n".join(found))
    # A link shows its title, a block of code all but its fence: tests/bot/markup has those.
    meant = [one for one in attacks if not (marks and ("](" in one or one.startswith("```")))]
    return [one for one in meant if letters(one) not in shown]


def test_the_corpus_is_large_and_has_no_attack_twice() -> None:
    assert len(ATTACKS) == len(set(ATTACKS)) >= 300


def test_the_watch_sees_what_runs(chromium: Browser) -> None:
    """Put into a page as markup, many of them do run in this very browser."""
    context = chromium.new_context()
    watch, page = Watch(context), context.new_page()
    page.goto("about:blank")
    loud = [one for one in ATTACKS if one.startswith(("<script>", "<img", "<svg", "<IMG"))]
    page.evaluate(
        """attacks => {
          for (const attack of attacks) {
            const place = document.body.appendChild(document.createElement("div"));
            place.append(document.createRange().createContextualFragment(attack));
          }
        }""",
        loud,
    )
    page.wait_for_function("() => window.__ran.length > 30")
    before = -1
    while before != (now := page.evaluate("window.__ran.length") + len(watch._problems)):
        before = now
        page.wait_for_timeout(1000)
    with pytest.raises(AssertionError, match="ran, the first"):
        watch.assert_nothing_ran(page)
    page.evaluate("() => { window.__ran = []; }")
    watch._problems.clear()
    with pytest.raises(AssertionError, match="became markup"):
        watch.assert_nothing_ran(page)
    context.close()


def test_none_runs_in_the_widget_and_each_is_shown_as_it_was_written(scene: Scene) -> None:
    page = scene.widget.page
    scene.watch.assert_nothing_ran(page)
    assert missing(page, "firstline-chat .row.customer .bubble") == []
    assert missing(page, "firstline-chat .row.bot .bubble") == []
    assert missing(page, "firstline-chat .card strong") == []
    assert missing(page, "firstline-chat .row.agent .bubble", NAMES, marks=True) == []
    assert missing(page, "firstline-chat .row.agent .name", NAMES) == []


def test_after_a_reload_the_history_runs_no_more_than_the_news(scene: Scene) -> None:
    page = scene.widget.page
    page.reload()
    expect(scene.widget.log.locator(".file").last).to_be_attached(timeout=CAN_WAIT_MS)
    scene.watch.assert_nothing_ran(page)
    assert missing(page, "firstline-chat .file bdi") == []
    assert missing(page, "firstline-chat .row.agent .name", NAMES[-20:]) == []


def test_none_runs_in_the_inbox(chromium: Browser, scene: Scene) -> None:
    page, watch = watched_inbox(chromium, scene)
    page.goto(f"{scene.desk.url}/inbox/conversations/{scene.conversation.id}")
    expect(page.locator("#entries")).to_be_visible()
    earlier = page.locator("#earlier-entries")
    while earlier.is_visible():  # a window of it after the other, up to the beginning
        shown = page.locator("#entries .words").count()
        earlier.click()
        page.wait_for_function(
            "(before) => document.querySelectorAll('#entries .words').length > before",
            arg=shown,
            timeout=CAN_WAIT_MS,
        )
    for details in page.locator(".turn summary").all()[-2:]:
        details.click()
    expect(page.locator(".turn .guesses").first).to_be_visible()
    watch.assert_nothing_ran(page)
    assert missing(page, ".by-customer .words") == []
    assert missing(page, ".by-bot .bubble > .words") == []
    assert missing(page, ".answer-card strong") == []
    assert missing(page, ".choices li") == []
    assert missing(page, ".by-agent .words", NAMES, marks=True) == []
    assert missing(page, ".note .words", NAMES) == []
    assert missing(page, ".files bdi") == []
    page.context.close()


def test_none_runs_as_a_page_a_referrer_or_a_customers_name(
    chromium: Browser, scene: Scene
) -> None:
    places = [
        scene.desk.run(said_from(scene.desk, f"t{number}", piece))
        for number, piece in enumerate(in_pieces(SENDABLE, 450))
    ]
    assert len(places) > 20
    page, watch = watched_inbox(chromium, scene)
    for place in places:
        page.goto(f"{scene.desk.url}/inbox/conversations/{place}")
        expect(page.locator("#customer")).to_be_visible()
        watch.assert_nothing_ran(page)
    page.goto(f"{scene.desk.url}/inbox?view=bot")
    expect(page.locator("#list .row").first).to_be_visible()
    watch.assert_nothing_ran(page)
    page.context.close()


async def said_from(desk: LiveDesk, thread: str, attack: str) -> str:
    receipt = await desk.parts.frontdesk.receive_customer_message(
        InboundMessage(
            channel="web",
            thread=thread,
            customer=thread,
            desk=DESK,
            external_id=f"{thread}:1",
            language="en",
            text=attack,
            customer_name=attack[:200],
            context={
                "title": attack,
                "url": attack if int(thread[1:]) % 2 else f"https://shop.example/?{attack}",
                "referrer": attack,
                "browser": attack[:300],
            },
        )
    )
    return receipt.conversation


def watched_inbox(chromium: Browser, scene: Scene) -> tuple[Page, Watch]:
    page = signed_in(chromium, scene.desk, scene.agent)
    return page, Watch(page.context)


def test_none_runs_in_a_transcript(chromium: Browser, scene: Scene) -> None:
    wish = TranscriptWish(scene.conversation.id, "en", None)
    made = scene.desk.run(
        scene.desk.parts.transcripts.download("web", scene.conversation.thread, wish)
    )
    context = chromium.new_context()
    watch, page = Watch(context), context.new_page()
    page.goto(scene.desk.url)
    page.set_content(made.html)
    page.evaluate("() => { window.__ran ??= []; }")
    watch.assert_nothing_ran(page)
    assert missing(page, "body") == []
    context.close()
