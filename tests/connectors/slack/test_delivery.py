"""The way out: agents' words, files, limits, and what Slack refuses."""

from collections.abc import AsyncIterator

import pytest

from bot.accounts.models import Agent
from bot.channel import Upload
from bot.handoff.service import Reply
from tests.connectors.slack.office import ADA, REQUESTS, Office
from tests.desk import answer

pytestmark = pytest.mark.asyncio


async def claimed(office: Office, words: str = "My laptop hangs") -> tuple[str, Agent, str]:
    """(thread, agent, conversation): Anna has it."""
    ts = await office.slack.post(ADA, REQUESTS, words)
    await office.slack.wait_for_posts(ts, 2)
    (conversation,) = await office.conversations()
    agent = await office.agent()
    await office.parts.handoffs.claim(agent, conversation.id, epoch=conversation.epoch)
    await office.slack.wait_for_posts(ts, 3)
    return ts, agent, conversation.id


async def says(
    office: Office, agent: Agent, conversation: str, text: str, **fields: object
) -> None:
    epoch = (await office.conversations())[0].epoch
    reply = Reply(text=text, epoch=epoch, key=f"k{len(text)}", **fields)  # type: ignore[arg-type]
    await office.parts.handoffs.reply(agent, conversation, reply)


async def test_an_agents_reply_has_their_name_and_their_marks(office: Office) -> None:
    ts, agent, conversation = await claimed(office)
    await says(office, agent, conversation, "Please run `sfc /scannow` **now** <@U0ADA>")
    post = (await office.slack.wait_for_posts(ts, 4))[3]
    assert post["blocks"][0]["elements"][0]["text"] == "*Anna*"
    assert post["blocks"][1]["text"] == {
        "type": "mrkdwn",
        "text": "Please run `sfc /scannow` *now* &lt;@U0ADA&gt;",
        "verbatim": True,
    }
    assert post["text"] == "Anna: Please run sfc /scannow now &lt;@U0ADA&gt;"
    assert (post["unfurl_links"], post["unfurl_media"]) == ("false", "false")


async def test_an_agents_file_arrives_in_the_thread(office: Office) -> None:
    ts, agent, conversation = await claimed(office)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"step one\n"

    kept = await office.parts.attachments.receive(
        Upload("inbox", agent.id, "key", "steps.txt"), pieces()
    )
    await says(office, agent, conversation, "Here are the steps", attachments=(kept.id,))
    (done,) = await office.slack.wait_for("files.completeUploadExternal")
    assert (done["channel_id"], done["thread_ts"]) == (REQUESTS, ts)
    assert office.slack.files[done["files"][0]["id"]] == b"step one\n"


async def test_a_long_answer_is_split_within_slacks_limits(office: Office) -> None:
    office.engine.at_once = answer("word " * 1500, answered="utter_it_restart")
    ts = await office.slack.post(ADA, REQUESTS, "Tell me everything")
    post = (await office.slack.wait_for_posts(ts, 1))[0]
    sections = [block["text"]["text"] for block in post["blocks"]]
    assert [len(words) <= 3000 for words in sections] == [True, True, True]
    assert " ".join(sections).split() == ["word"] * 1500
    assert len(post["text"]) <= 3000


async def test_what_is_too_fast_waits_and_is_not_lost(office: Office) -> None:
    office.slack.fail("chat.postMessage", status=429, retry_after=0.2, times=2)
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    posts = await office.slack.wait_for_posts(ts, 2)
    assert [post["text"] for post in posts] == ["Restart it.", "Was this helpful?"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502, "body": "<html>bad gateway</html>"},
        {"status": 200, "body": "<html>hello</html>"},
        {"status": 503, "error": "service_unavailable"},
        {"error": "internal_error"},
    ],
)
async def test_a_broken_slack_gets_it_later_and_once(
    office: Office, fault: dict[str, object]
) -> None:
    office.slack.fail("chat.postMessage", **fault)
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    posts = await office.slack.wait_for_posts(ts, 2)
    assert [post["text"] for post in posts] == ["Restart it.", "Was this helpful?"]


async def test_an_answer_that_was_posted_though_slack_did_not_say_so_comes_once(
    office: Office,
) -> None:
    office.slack.fail("chat.postMessage", status=500, done_first=True)
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for("conversations.replies", ts=ts)
    posts = await office.slack.wait_for_posts(ts, 2)
    assert [post["text"] for post in posts] == ["Restart it.", "Was this helpful?"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("channel_not_found", "gone"),
        ("is_archived", "gone"),
        ("user_disabled", "gone"),
        ("not_in_channel", "left_out"),
        ("token_revoked", "signed_out"),
        ("account_inactive", "signed_out"),
        ("missing_scope", "signed_out"),
        ("msg_too_long", "too_long"),
        ("some_new_word", "refused"),
    ],
)
async def test_what_slack_refuses_for_good_is_a_dead_letter_that_the_agent_sees(
    office: Office, code: str, problem: str
) -> None:
    _, agent, conversation = await claimed(office)
    office.slack.fail("chat.postMessage", error=code)
    await says(office, agent, conversation, "Are you there?")
    (dead,) = await office.dead_letters(1)
    assert (dead.problem_kind, dead.problem) == (problem, f"chat.postMessage: {code}")


async def test_blocks_that_slack_does_not_like_leave_the_words(office: Office) -> None:
    office.slack.fail("chat.postMessage", error="invalid_blocks")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    post = (await office.slack.wait_for_posts(ts, 1))[0]
    assert post["text"] == "Restart it."
    assert "blocks" not in post
