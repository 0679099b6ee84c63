"""Posts that are edited or deleted, before and after the bot has answered."""

import asyncio

import pytest
from sqlalchemy import select

from bot.channel import ChannelMemory, InboundMessage, Receipt
from bot.memory.models import Memory
from connectors.slack.parse import Changed, Deleted, read_message
from connectors.slack.requests import Requests
from tests.connectors.slack.fake import Json
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import ADA, ADAS_MESSAGES, BOB, ON_MENTION, REQUESTS, Office
from tests.connectors.slack.test_files import PNG, file_of
from tests.desk import answer

pytestmark = pytest.mark.asyncio


def edit(event: Json, text: str) -> Json:
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": event["channel"],
        "ts": "1799999999.000100",
        "hidden": True,
        "message": {**event, "text": text, "edited": {"user": event["user"], "ts": "1.0"}},
        "previous_message": event,
    }


def deletion(event: Json) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "channel": event["channel"],
        "ts": "1799999999.000200",
        "hidden": True,
        "deleted_ts": event["ts"],
        "previous_message": event,
    }


async def test_an_edit_before_the_answer_is_read_anew_and_answered_once(office: Office) -> None:
    office.engine.at_once = None
    event = office.slack.message(ADA, REQUESTS, "My lptp hngs")
    await office.slack.event(event)
    await office.until(lambda: len(office.engine.asked) == 1)
    await office.slack.event(edit(event, "My laptop hangs"))
    await office.until(lambda: len(office.engine.asked) == 2)
    assert [request.text for request in office.engine.requests] == [
        "My lptp hngs",
        "My laptop hangs",
    ]
    keys = {request.key for request in office.engine.requests}
    assert len(keys) == 2  # what the engine did for the first words is not what it says now
    office.engine.reply(0, answer("To the typo."))
    office.engine.reply(0, answer("To the right words."))
    posts = await office.slack.wait_for_posts(event["ts"], 1)
    await office.nothing_under_way()
    assert [post["text"] for post in posts] == ["To the right words."]
    assert (await office.messages())[0] == ("customer", "My laptop hangs")


async def test_an_edit_after_the_answer_is_only_seen_by_agents(office: Office) -> None:
    event = office.slack.message(ADA, REQUESTS, "My laptop hangs")
    await office.slack.event(event)
    await office.slack.wait_for_posts(event["ts"], 2)
    await office.slack.event(edit(event, "My laptop hangs, the new one"))
    for _ in range(10_000):
        if (await office.messages())[0][1].endswith("the new one"):
            break
        await asyncio.sleep(0.005)
    assert (await office.messages())[0][1] == "My laptop hangs, the new one"
    assert len(office.engine.requests) == 1


async def test_a_deleted_post_is_withdrawn_and_not_answered(office: Office) -> None:
    office.engine.at_once = None
    event = office.slack.message(ADA, REQUESTS, "My password is hunter2")
    await office.slack.event(event)
    await office.until(lambda: len(office.engine.asked) == 1)
    await office.slack.event(deletion(event))
    while (await office.conversations())[0].status != "closed":
        await asyncio.sleep(0.005)
    office.engine.reply(0, answer("Too late."))
    await office.nothing_under_way()
    assert (await office.messages())[0] == ("customer", "")
    assert "Too late." not in [post.get("text") for post in office.slack.posts]


async def test_an_edit_and_a_deletion_may_overtake_their_posts(office: Office) -> None:
    early, gone = (office.slack.message(ADA, REQUESTS, words) for words in ("Frst", "Gone"))
    await office.slack.event(edit(early, "First"))
    await office.slack.event(deletion(gone))
    await office.nothing_under_way()
    await office.slack.event(early)
    await office.slack.event(gone)
    await office.slack.wait_for_posts(early["ts"], 1)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["First"]
    assert office.slack.in_thread(gone["ts"]) == []


async def asks_what_it_is_about(office: Office, ts: str) -> None:
    (post,) = await office.slack.wait_for_posts(ts, 1)
    assert post["text"].startswith("How can I help?")


@pytest.mark.parametrize("words", ["", ":wave:", "<@U0BOT>"])
async def test_a_post_without_words_that_gets_some_is_heard_once(
    office: Office, words: str
) -> None:
    event = office.slack.message(ADA, REQUESTS, words)
    await office.slack.event(event)
    await asks_what_it_is_about(office, event["ts"])
    edited = edit(event, "My laptop hangs")
    await office.slack.event(edited, times=3)
    await office.slack.wait_for("reactions.add", name="eyes", timestamp=event["ts"])
    _, *answers = await office.slack.wait_for_posts(event["ts"], 3)
    assert [post["text"] for post in answers] == ["Restart it.", "Was this helpful?"]
    await office.slack.event(edited)
    await office.slack.event(edit(edited["message"], "My laptop hangs a lot"))
    await office.said(3)
    while (await office.messages())[0][1] != "My laptop hangs a lot":
        await asyncio.sleep(0.005)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["My laptop hangs"]
    assert len(office.slack.in_thread(event["ts"])) == 3


async def test_a_post_that_still_says_nothing_is_asked_no_second_time(office: Office) -> None:
    event = office.slack.message(ADA, REQUESTS, "")
    await office.slack.event(event)
    await asks_what_it_is_about(office, event["ts"])
    await office.slack.event(edit(event, ":wave:"))
    await office.slack.event(edit(event, "My mouse"))
    await office.slack.wait_for_posts(event["ts"], 3)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["My mouse"]
    assert len(office.slack.in_thread(event["ts"])) == 3


async def test_an_empty_follow_up_that_gets_words_belongs_to_its_request(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    event = office.slack.message(ADA, REQUESTS, "", thread_ts=ts, parent_user_id=ADA)
    await office.slack.event(event)
    await office.slack.wait_for_posts(ts, 3)
    await office.slack.event(edit(event, "Since the update"))
    await office.until_asked(2)
    assert office.engine.requests[1].text == "Since the update"
    assert len(await office.conversations()) == 1


async def test_an_edit_of_what_was_no_request_is_none_either(office: Office) -> None:
    """Posts of before the app came, and talk that the bot keeps out of."""
    old = office.slack.message(ADA, REQUESTS, "Of long ago", ts="1700000000.000100")
    await office.slack.event(edit(old, "Of long ago, edited"))
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["My laptop hangs"]
    assert len(await office.conversations()) == 1


@pytest.mark.parametrize("channel", [REQUESTS, ADAS_MESSAGES])
async def test_a_screenshot_that_gets_words_is_heard_once(office: Office, channel: str) -> None:
    file = file_of(office, "F0PNG", PNG, "screen.png")
    event = office.slack.message(ADA, channel, "", subtype="file_share", files=[file])
    await office.slack.event(event)
    (_, (_, first)) = await office.said(2)
    assert "file" in first.lower()
    assert office.engine.requests == []
    edited = edit(event, "This is what I see")
    await office.slack.event(edited, times=2)
    await office.said(4)
    await office.slack.event(edit(edited["message"], "This is what I see now"))
    while (await office.messages())[0][1] != "This is what I see now":
        await asyncio.sleep(0.005)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["This is what I see"]
    assert len(await office.attachments()) == 1


async def test_a_colleagues_screenshot_that_gets_words_is_not_for_the_bot(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    file = file_of(office, "F0PNG", PNG, "screen.png")
    fields = {"subtype": "file_share", "files": [file], "thread_ts": ts, "parent_user_id": ADA}
    event = office.slack.message(BOB, REQUESTS, "", **fields)
    await office.slack.event(event)
    await office.said(4)
    await office.slack.event(edit(event, "Mine looks so"))
    while (await office.messages())[-1][1] != "Mine looks so":
        await asyncio.sleep(0.005)
    await office.nothing_under_way()
    assert len(office.engine.requests) == 1


async def test_an_edit_that_another_process_hears_meanwhile_is_heard(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory: ChannelMemory = office.server.app.state.slack.slack.memory
    first = memory.first

    async def after_the_other(channel: str, key: str, value: str = "", *, days: float) -> bool:
        if key.startswith("asked:"):  # it looked for this just before, and found nothing
            early = key.replace("asked:", "early:")
            await memory.keep(channel, early, "My laptop hangs", days=days)
        return await first(channel, key, value, days=days)

    monkeypatch.setattr(memory, "first", after_the_other)
    ts = await office.slack.post(ADA, REQUESTS, "")
    posts = await office.slack.wait_for_posts(ts, 2)
    await office.nothing_under_way()
    assert [post["text"] for post in posts] == ["Restart it.", "Was this helpful?"]


async def kept_early(office: Office) -> list[str]:
    """What is remembered of posts that have not come."""
    async with office.parts.db.read() as session:
        early = Memory.key.startswith("early:")
        return list(await session.scalars(select(Memory.value).where(early)))


@pytest.mark.parametrize("change", ["edit", "deletion"])
async def test_what_another_process_hears_while_a_post_is_on_its_way_is_heard(
    office: Office, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    office.engine.at_once = None
    real = office.parts.frontdesk.receive_customer_message
    requests = Requests(office.server.app.state.slack.slack)

    async def with_the_other(inbound: InboundMessage) -> Receipt:
        told = {"edit": edit(event, "My laptop hangs"), "deletion": deletion(event)}[change]
        # The other process: what it does is not in order with this one's work.
        match read_message({"team_id": TEAM, "event": told}):
            case Changed(now):
                await requests._changed(now)
            case Deleted() as deleted:
                await requests._deleted(deleted)
        return await real(inbound)

    monkeypatch.setattr(office.parts.frontdesk, "receive_customer_message", with_the_other)
    event = office.slack.message(ADA, REQUESTS, "My lptp hngs")
    await office.slack.event(event)
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    await office.nothing_under_way()
    wanted = [("customer", "My laptop hangs" if change == "edit" else "")]
    assert (await office.messages())[:1] == wanted


async def test_what_waits_for_a_post_is_kept_without_secrets_and_not_of_others_talk(
    office: Office,
) -> None:
    number = "4111 1111 1111 1111"
    for channel, words in (
        (REQUESTS, f"My card is {number}"),
        (ON_MENTION, f"Lunch? I pay with {number}"),
        (ON_MENTION, "<@U0BOT> my VPN"),
    ):
        event = office.slack.message(ADA, channel, "?")
        await office.slack.event(edit(event, words))
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    await office.nothing_under_way()
    first, second = sorted(await kept_early(office))
    assert first == "<@U0BOT> my VPN"
    assert second.startswith("My card is")
    assert number not in second


async def test_an_edit_keeps_what_the_post_forwards_and_says_when_it_is_cut(office: Office) -> None:
    shared = {"is_share": True, "text": "VPN error 809", "author_name": "Ola"}
    event = office.slack.message(ADA, REQUESTS, "What is ths?", attachments=[shared])
    await office.slack.event(event)
    await office.slack.wait_for_posts(event["ts"], 2)
    await office.slack.event(edit(event, "What is this?"))
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    await office.nothing_under_way()
    assert (await office.messages())[0] == ("customer", "What is this?\n\n> Ola: VPN error 809")
    await office.slack.event(edit(event, "words " * 2000))
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    await office.nothing_under_way()
    _, words = (await office.messages())[0]
    assert words.endswith("(This message was longer; please send the rest in another one.)")
