"""The request channel: a post is a request, its thread the conversation."""

import pytest

from tests.connectors.slack.office import (
    ADA,
    ADAS_MESSAGES,
    BOB,
    ELSEWHERE,
    GUEST,
    OLA,
    ON_MENTION,
    REQUESTS,
    STRANGER,
    Office,
    actions_of,
)

pytestmark = pytest.mark.asyncio


async def test_a_post_gets_eyes_and_its_answer_in_the_thread(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for("reactions.add", channel=REQUESTS, timestamp=ts, name="eyes")
    posts = await office.slack.wait_for_posts(ts, 2)
    assert posts[0]["blocks"][0]["text"]["text"] == "Restart it."
    assert posts[0]["text"] == "Restart it."
    assert list(actions_of(posts[1])) == ["Solved", "Still stuck", "Talk to a person"]
    assert (await office.messages())[0] == ("customer", "My laptop hangs")


async def test_the_customer_is_who_their_profile_says(office: Office) -> None:
    ts = await office.slack.post(OLA, REQUESTS, "Nie działa mi VPN, zażółć gęślą jaźń")
    posts = await office.slack.wait_for_posts(ts, 2)
    assert next(iter(actions_of(posts[1]))) == "Rozwiązane"
    (conversation,) = await office.conversations()
    assert (conversation.language, conversation.desk) == ("pl", "it-help")
    assert conversation.context["time_zone"] == "Europe/Warsaw"
    customer = await office.customer(conversation.customer_id)
    assert (customer.name, customer.email) == ("Ola Nowak", "ola@acme.example")
    assert (await office.messages())[0][1] == "Nie działa mi VPN, zażółć gęślą jaźń"


async def test_follow_ups_need_no_mention(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.slack.post(ADA, REQUESTS, "It still hangs", thread_ts=ts, parent_user_id=ADA)
    await office.until_asked(2)
    assert [request.text for request in office.engine.requests] == [
        "My laptop hangs",
        "It still hangs",
    ]
    assert len(await office.conversations()) == 1


async def test_two_posts_are_two_requests(office: Office) -> None:
    first = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    second = await office.slack.post(ADA, REQUESTS, "And my phone")
    await office.slack.wait_for_posts(first, 1)
    await office.slack.wait_for_posts(second, 1)
    assert len(await office.conversations()) == 2


async def test_where_mentions_are_the_rule_only_those_count(office: Office) -> None:
    quiet = await office.slack.post(ADA, ON_MENTION, "Lunch?")
    ts = await office.slack.post(ADA, ON_MENTION, "<@U0BOT> my laptop hangs")
    await office.slack.wait_for_posts(ts, 1)
    assert office.engine.requests[0].text == "my laptop hangs"
    await office.slack.post(ADA, ON_MENTION, "still", thread_ts=ts, parent_user_id=ADA)
    await office.until_asked(2)
    assert office.slack.in_thread(quiet) == []


async def test_a_mention_under_an_old_post_makes_its_thread_a_request(office: Office) -> None:
    root = await office.slack.post(BOB, ON_MENTION, "The printer is odd again")
    await office.slack.post(ADA, ON_MENTION, "<@U0BOT> how do I add it?", thread_ts=root)
    await office.slack.wait_for_posts(root, 1)
    (conversation,) = await office.conversations()
    assert (await office.customer(conversation.customer_id)).name == "Ada Kowalska"


async def test_people_who_help_each_other_silence_the_bot(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.slack.post(BOB, REQUESTS, "Try the other dock", thread_ts=ts, parent_user_id=ADA)
    await office.said(4)
    await office.slack.post(ADA, REQUESTS, "Which one?", thread_ts=ts, parent_user_id=ADA)
    said = await office.said(5)
    assert said[-2:] == [("customer", "Try the other dock"), ("customer", "Which one?")]
    assert len(office.engine.requests) == 1
    await office.slack.post(ADA, REQUESTS, "<@U0BOT> and now?", thread_ts=ts, parent_user_id=ADA)
    await office.until_asked(2)
    await office.slack.post(ADA, REQUESTS, "Thanks so far", thread_ts=ts, parent_user_id=ADA)
    await office.until_asked(3)


async def test_mute_and_resume(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.slack.post(ADA, REQUESTS, "Mute!", thread_ts=ts, parent_user_id=ADA)
    posts = await office.slack.wait_for_posts(ts, 3)
    assert "be quiet" in posts[-1]["text"]
    await office.slack.post(ADA, REQUESTS, "<@U0BOT> hello?", thread_ts=ts, parent_user_id=ADA)
    await office.said(4)
    await office.slack.post(ADA, REQUESTS, "resume", thread_ts=ts, parent_user_id=ADA)
    await office.slack.wait_for_posts(ts, 4)
    assert len(office.engine.requests) == 1
    await office.slack.post(ADA, REQUESTS, "And now?", thread_ts=ts, parent_user_id=ADA)
    await office.until_asked(2)


async def test_direct_messages_are_one_conversation_and_the_pane_has_threads(
    office: Office,
) -> None:
    await office.slack.post(ADA, ADAS_MESSAGES, "My laptop hangs")
    sent = await office.slack.wait_for("chat.postMessage", 2, channel=ADAS_MESSAGES)
    assert "thread_ts" not in sent[0]
    await office.slack.post(ADA, ADAS_MESSAGES, "It still hangs")
    await office.until_asked(2)
    assert len(await office.conversations()) == 1
    await office.slack.post(ADA, ADAS_MESSAGES, "In the pane", thread_ts="1700000001.000100")
    await office.slack.wait_for("chat.postMessage", 1, thread_ts="1700000001.000100")
    assert len(await office.conversations()) == 2


@pytest.mark.parametrize("who", [GUEST, STRANGER])
async def test_guests_and_other_organizations_are_refused_politely_and_once(
    office: Office, who: str
) -> None:
    ts = await office.slack.post(who, REQUESTS, "Help me")
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=who, channel=REQUESTS)
    assert told["text"].startswith("Thank you for writing.")
    assert told["thread_ts"] == ts
    await office.slack.post(who, REQUESTS, "Please")
    await office.slack.post(ADA, REQUESTS, "I belong here")
    await office.until_asked(1)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["I belong here"]
    assert len(office.slack.called("chat.postEphemeral")) == 1


@pytest.mark.parametrize("who", [GUEST, STRANGER])
async def test_whom_the_desk_does_not_serve_it_does_not_serve_in_a_colleagues_thread(
    office: Office, who: str
) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.until_asked(1)
    for words in ("I know that one", "<@U0BOT> and my own laptop?", "mute"):
        await office.slack.post(who, REQUESTS, words, thread_ts=ts)
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=who, channel=REQUESTS)
    assert (told["text"][:23], told["thread_ts"]) == ("Thank you for writing. ", ts)
    await office.slack.post(ADA, REQUESTS, "It still hangs", thread_ts=ts)
    await office.until_asked(2)  # so nobody has silenced the bot
    await office.nothing_under_way()
    said = [words for by, words in await office.messages() if by == "customer"]
    assert said == ["My laptop hangs", "It still hangs"]


async def test_whoever_calls_the_bot_elsewhere_is_shown_the_way(office: Office) -> None:
    await office.slack.post(ADA, ELSEWHERE, "<@U0BOT> help")
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=ADA, channel=ELSEWHERE)
    assert "direct message" in told["text"]
    assert await office.messages() == []
