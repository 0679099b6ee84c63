"""What Telegram refuses, and what the desk makes of it."""

import pytest
from sqlalchemy import select

from bot.outbox.models import Delivery
from tests.connectors.telegram.fake import ANNA, GROUP, FakeTelegram
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio


async def deliveries(server: Server) -> list[tuple[str, str | None]]:
    async with server.app.state.parts.db.read() as session:
        found = await session.scalars(select(Delivery).order_by(Delivery.id))
        return [(one.status, one.problem_kind) for one in found]


async def until(server: Server, fake: FakeTelegram, *wanted: tuple[str, str | None]) -> None:
    for _ in range(3000):
        if await deliveries(server) == list(wanted):
            return
        await server.app.state.parts.outbox._write()
        import asyncio

        await asyncio.sleep(0.02)
    raise AssertionError(await deliveries(server))


async def test_flood_control_is_waited_out_and_nothing_is_sent_twice(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = answer("One.", "Two.")
    # Longer than the pause that we would make of our own, after a first failure.
    fake.refuse("sendMessage", 429, "Too Many Requests: retry after 2", retry_after=2)
    await fake.says("hello")
    refused = await fake.wait_for_call("refused:sendMessage")
    said = await fake.wait_for_call("sendMessage")
    assert (said.text, said.at - refused.at > 1.9) == ("One.", True)
    await fake.wait_for("Two.")
    assert [call.text for call in fake.sent()] == ["One.", "Two."]
    await until(server, fake, ("delivered", None), ("delivered", None))


async def test_a_long_message_goes_on_where_it_was_refused(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = answer("first " * 600 + "\n\n" + "second " * 580)
    said = fake.message("tell me everything")
    await fake.send(message=said)
    await fake.wait_for("first")
    await fake.wait_for("second")
    fake.calls.clear()
    # Of the next one, the second piece is refused at first.
    original = fake._result

    def once(method, call):  # type: ignore[no-untyped-def]
        if "first" in call.text:
            fake.refuse("sendMessage", 429, "Too Many Requests: retry after 0", retry_after=0)
        return original(method, call)

    fake._result = once  # type: ignore[method-assign]
    await fake.says("once more")
    await fake.wait_for("second")
    assert [call.text[:5] for call in fake.sent()] == ["first", "secon"]


@pytest.mark.parametrize(
    ("status", "description", "kind"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: user is deactivated", "gone"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "gone"),
        (400, "Bad Request: chat not found", "gone"),
        (400, "Bad Request: message is too long", "too_long"),
        (400, "Bad Request: something that nobody expected", "refused"),
    ],
)
async def test_what_will_never_arrive_is_told_to_the_agent(
    server: Server, fake: FakeTelegram, status: int, description: str, kind: str
) -> None:
    fake.refuse("sendMessage", status, description)
    await fake.says("hello")
    await until(server, fake, ("dead", kind))


async def test_a_network_that_fails_is_tried_again(server: Server, fake: FakeTelegram) -> None:
    fake.break_down("sendMessage", 502)
    await fake.says("hello")
    await fake.wait_for("Two working days.")


async def test_html_that_telegram_does_not_take_goes_as_plain_words(
    server: Server, fake: FakeTelegram
) -> None:
    fake.refuse("sendMessage", 400, "Bad Request: can't parse entities: unexpected end tag")
    await fake.says("hello")
    said = await fake.wait_for("Two working days.")
    assert "parse_mode" not in said.given


async def test_a_picture_that_telegram_cannot_fetch_goes_as_its_address(
    server: Server, fake: FakeTelegram
) -> None:
    picture = "https://shop.example/picture.jpg"
    server.engine.at_once = answer(replies=[{"text": "Like this:", "image": picture}])
    fake.refuse("sendPhoto", 400, "Bad Request: failed to get HTTP URL content")
    await fake.says("show me")
    said = await fake.wait_for("Like this:")
    assert said.text == f"Like this:\n{picture}"


async def test_more_words_than_fit_under_a_picture_follow_it(
    server: Server, fake: FakeTelegram
) -> None:
    first, second = "first " * 160, "second " * 160
    picture = "https://shop.example/picture.jpg"
    words = f"{first}\n\n{second}"
    server.engine.at_once = answer(replies=[{"text": words, "image": picture}])
    await fake.says("show me")
    await fake.wait_for("second")
    shown, follows = fake.sent()
    assert (shown.method, follows.method) == ("sendPhoto", "sendMessage")
    assert shown.given["caption"] == first.strip()  # Telegram takes 1,024 characters there
    assert follows.text == second.strip()


async def test_a_group_that_became_a_supergroup_is_followed_and_remembered(
    server: Server, fake: FakeTelegram
) -> None:
    group = {"id": -500, "type": "group", "title": "Office"}
    fake.refuse("sendMessage", 400, "Bad Request: group upgraded", migrate_to_chat_id=GROUP)
    await fake.says("/help@desk_bot", chat=group)
    await fake.wait_for("In a group I answer", chat=GROUP)
    await fake.says("/help@desk_bot", chat=group)
    await fake.wait_for("In a group I answer", chat=GROUP, times=2)
    # What is said there belongs to the conversations that began in the old group.
    ask = fake.message("@desk_bot delivery?", chat={"id": GROUP, "type": "supergroup"})
    ask["entities"] = [{"type": "mention", "offset": 0, "length": 9}]
    server.engine.at_once = answer("Two days.", answered="utter_care_delivery_time")
    await fake.send(message=ask)
    await fake.wait_for("Two days.", chat=GROUP)
    status = await server.app.state.parts.frontdesk.thread_status(
        "telegram", f"-500:0:{ANNA['id']}"
    )
    assert status is not None


async def test_a_group_that_says_where_it_moved_is_followed(
    server: Server, fake: FakeTelegram
) -> None:
    """Telegram's own message, before anything of ours was refused."""
    server.engine.at_once = answer("Two days.", answered="utter_care_delivery_time")
    group = {"id": -500, "type": "group", "title": "Office"}
    marks = [{"type": "mention", "offset": 0, "length": 9}]
    await fake.says("@desk_bot delivery?", chat=group, entities=marks)
    await fake.wait_for("Two days.", chat=-500)
    await fake.migrates(-500, GROUP)
    await fake.until_confirmed()
    supergroup = {"id": GROUP, "type": "supergroup", "title": "Office"}
    server.engine.at_once = answer("Five days.", answered="utter_care_delivery_abroad")
    await fake.says("@desk_bot and to Germany?", chat=supergroup, entities=marks)
    await fake.wait_for("Five days.", chat=GROUP)
    first, second = server.engine.requests
    assert first.conversation == second.conversation
    # What is still to be told to the old group arrives in the new one, without a refusal.
    await fake.says("/help@desk_bot", chat=group)
    await fake.wait_for("In a group I answer", chat=GROUP)
    assert not fake.called("refused:sendMessage")


async def test_the_answer_to_a_topic_that_is_gone_arrives_in_the_group_itself(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = answer("Two days.", answered="utter_care_delivery_time")
    forum = {"id": GROUP, "type": "supergroup", "title": "Office", "is_forum": True}
    fake.refuse("sendMessage", 400, "Bad Request: message thread not found")
    await fake.says(
        "@desk_bot delivery?",
        chat=forum,
        entities=[{"type": "mention", "offset": 0, "length": 9}],
        message_thread_id=5,
        is_topic_message=True,
    )
    said = await fake.wait_for("Two days.", chat=GROUP)
    (refused,) = fake.called("refused:sendMessage")
    assert refused.given["message_thread_id"] == 5
    assert "message_thread_id" not in said.given
    await until(
        server, fake, ("delivered", None), ("delivered", None)
    )  # the group is asked nothing
