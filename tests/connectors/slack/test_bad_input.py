"""Odd posts: each has a clear outcome."""

import pytest

from tests.connectors.slack.fake_methods import BOT, BOT_USER, TEAM
from tests.connectors.slack.office import ADA, BOB, REQUESTS, Office, actions_of

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("words", ["", "<@U0BOT>", "   ", ":wave:", "👍🏽", ":tada: 🎉"])
async def test_a_post_that_says_nothing_is_asked_for_words(office: Office, words: str) -> None:
    ts = await office.slack.post(ADA, REQUESTS, words)
    (post,) = await office.slack.wait_for_posts(ts, 1)
    assert post["text"].startswith("How can I help?")
    assert await office.messages() == []
    await office.slack.post(ADA, REQUESTS, "My mouse", thread_ts=ts, parent_user_id=ADA)
    await office.until_asked(1)


async def test_a_thumb_in_the_thread_is_kept_and_not_answered(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.slack.post(ADA, REQUESTS, ":+1:", thread_ts=ts, parent_user_id=ADA)
    assert (await office.said(4))[-1] == ("customer", ":+1:")
    assert len(office.engine.requests) == 1


async def test_forty_thousand_characters_go_along_as_a_file(office: Office) -> None:
    await office.slack.post(ADA, REQUESTS, "Help! " + "word " * 8000)
    ((_, words),) = (await office.said(1))[:1]
    assert words.startswith("Help! word word")
    assert words.endswith("(The whole text is attached.)")
    assert len(words) <= 4000
    (attached,) = await office.attachments()
    assert (attached["name"], attached["size"]) == ("message.txt", 40_005)


async def test_a_dump_of_code_is_read_as_it_was_written(office: Office) -> None:
    code = "```\nif a &lt; b &amp;&amp; c:\n    raise &lt;Error&gt;\n```"
    await office.slack.post(ADA, REQUESTS, f"This fails:\n{code}")
    said = await office.said(1)
    assert said[0][1] == "This fails:\n```\nif a < b && c:\n    raise <Error>\n```"


async def test_a_forwarded_thread_is_quoted(office: Office) -> None:
    shared = [
        {"is_share": True, "is_msg_unfurl": True, "author_name": "Bob Stone", "text": "VPN is down"}
    ]
    await office.slack.post(ADA, REQUESTS, "Same here", attachments=shared)
    assert (await office.said(1))[0][1] == "Same here\n\n> Bob Stone: VPN is down"
    await office.slack.post(ADA, REQUESTS, "", attachments=shared)
    await office.until_asked(2)
    assert office.engine.requests[1].text == "> Bob Stone: VPN is down"


async def test_a_call_of_the_whole_channel_is_a_request_and_its_answer_calls_nobody(
    office: Office,
) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "<!channel> is the network down, <@U0BOB>?")
    posts = await office.slack.wait_for_posts(ts, 1)
    assert (await office.messages())[0][1] == "@channel is the network down, @Bob Stone?"
    assert "<!" not in str(posts)


async def test_what_bots_and_workflows_post_is_nobodys_request(office: Office) -> None:
    by_workflow = {"subtype": "bot_message", "bot_id": "B0WORKFLOW", "username": "Onboarding"}
    event = office.slack.message("", REQUESTS, "A new colleague starts", **by_workflow)
    await office.slack.event(event)
    await office.slack.post("U0OTHERBOT", REQUESTS, "I am an app", bot_id="B0APP", app_id="A1")
    await office.slack.post(BOT_USER, REQUESTS, "I am you", bot_id=BOT)
    await office.slack.event(
        {
            "type": "message",
            "subtype": "channel_join",
            "user": ADA,
            "channel": REQUESTS,
            "ts": office.slack.next_ts(),
            "team": TEAM,
        }
    )
    ts = await office.slack.post(ADA, REQUESTS, "A person asks")
    await office.slack.wait_for_posts(ts, 2)
    assert [request.text for request in office.engine.requests] == ["A person asks"]


async def test_an_unknown_button_says_that_it_is_old(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    posts = await office.slack.wait_for_posts(ts, 2)
    await office.slack.press(ADA, posts[1], {"action_id": "v0_yes", "value": "yes"})
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=ADA)
    assert "older message" in told["text"]
    await office.slack.press(ADA, posts[1], {"action_id": "solved", "value": "nonsense"})
    told_twice = await office.slack.wait_for("chat.postEphemeral", 2, user=ADA)
    assert "older message" in told_twice[1]["text"]


async def test_a_button_of_a_conversation_that_is_over_does_nothing(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    posts = await office.slack.wait_for_posts(ts, 2)
    (conversation,) = await office.conversations()
    await office.parts.frontdesk.end_conversation("slack", conversation.thread, conversation.id)
    await office.slack.wait_for_posts(ts, 3)
    before = len(await office.messages())
    await office.slack.press(ADA, posts[1], actions_of(posts[1])["Still stuck"])
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=ADA)
    assert "no longer available" in told["text"]
    assert len(await office.messages()) == before


async def test_only_who_asked_may_press(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    posts = await office.slack.wait_for_posts(ts, 2)
    await office.slack.press(BOB, posts[1], actions_of(posts[1])["Solved"])
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=BOB)
    assert told["text"].startswith("Only the person who asked")
    assert (await office.conversations())[0].status == "bot"
