"""Buttons under the bot's words: quick replies, and «Solved», «Still stuck», «Talk to a person»."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot.channel import Button, FirstlineError, InboundMessage, OutboundMessage, says_helpful
from bot.texts import text
from connectors.slack import threads
from connectors.slack.blocks import PERSON, REPLY, SOLVED, STUCK, buttons_of, context
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.later import AGAIN_SECONDS, NoRoom, StillAtWork
from connectors.slack.mrkdwn import escape
from connectors.slack.people import Person
from connectors.slack.place import Place, message_key
from connectors.slack.tell import redraw, whisper
from connectors.slack.threads import Thread

log = structlog.get_logger()

OURS = re.compile(rf"{re.escape(REPLY)}\d+|{SOLVED}|{STUCK}|{PERSON}")


@dataclass(frozen=True)
class Press:
    """Who pressed what, where."""

    place: Place
    user: str
    action: str
    value: str
    ts: str  # of the post with the button
    blocks: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> str:
        """One post's buttons count once each, however often they are pressed or told of."""
        return f"{message_key(self.place.team, self.place.channel, self.ts)}:{self.action}"


# `Any`: Slack's JSON.
def read_press(body: Mapping[str, Any]) -> Press | None:
    """A `block_actions` payload of a message; None for one of another shape."""
    try:
        container, action = body["container"], body["actions"][0]
        team, channel, ts = body["team"]["id"], container["channel_id"], container["message_ts"]
        thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
        if thread is None and not channel.startswith("D"):
            thread = ts
        blocks = tuple((body.get("message") or {}).get("blocks") or ())
        place = Place(team, channel, thread)
        user, named = body["user"]["id"], str(action["action_id"])
        return Press(place, user, named, str(action.get("value") or ""), ts, blocks)
    except (KeyError, IndexError, TypeError, AttributeError):
        return None


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to our buttons; one that nobody listens to is of an old message, and is told so."""
    buttons = Buttons(slack)

    @app.action(OURS)
    async def ours(ack: Any, body: dict[str, Any]) -> None:
        await buttons.take(body)
        await ack()


class Buttons:
    """What a press means for the desk."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    async def take(self, body: Mapping[str, Any]) -> None:
        """Returns when it is committed, or told why not, or when Slack must have its answer."""
        press = read_press(body)
        if press is not None:
            await self._slack.later.answered(self._in_order(press), "slack press")

    async def _in_order(self, press: Press) -> None:
        """After what was written in the thread before it."""
        try:
            await self._slack.later.in_time(
                f"press:{press.key}",
                press.place.key,
                lambda: self._press(press),
                again_after=AGAIN_SECONDS,
            )
        except NoRoom:
            raise
        except StillAtWork:
            log.info("slack.still_at_work", press=press.action)  # it goes on

    async def _press(self, press: Press) -> None:
        thread = await threads.look_at(self._slack, press.place)
        person = await self._slack.people.find(press.place.team, press.user)
        language = thread.language or person.language
        if thread.requester is not None and thread.requester != press.user:
            self._whisper(press, text("slack.not_your_button", language))
            return
        found, at = await self._offered(press), self._slack.desk_at(press.place)
        if found is None or at is None or thread.status is None:
            self._whisper(press, text("slack.old_button", language))
            return
        (message, number), (desk, _) = found, at
        try:
            title = await self._carry_out(press, person, thread, desk, message, number)
        except FirstlineError as fault:
            self._whisper(press, fault.message(language))
            return
        self._mark(press, title)

    async def _offered(self, press: Press) -> tuple[OutboundMessage, int] | None:
        """The message and the number of its button, as the desk knows them."""
        try:
            value = json.loads(press.value)
            conversation, seq, number = str(value["c"]), int(value["s"]), int(value["n"])
            later = await self._slack.desk.messages_after(
                CHANNEL, press.place.key, conversation, seq - 1
            )
        except (ValueError, KeyError, TypeError, FirstlineError):
            return None
        message = next((message for message in later if message.seq == seq), None)
        if message is None:
            return None
        # The way to a person stands under messages without buttons as well.
        if press.action != PERSON and not 0 <= number < len(buttons_of(message)):
            return None
        return message, number

    async def _carry_out(
        self,
        press: Press,
        person: Person,
        thread: Thread,
        desk: str,
        message: OutboundMessage,
        number: int,
    ) -> str:
        """Does it; what the chosen button is called."""
        inbound = self._inbound(press, person, thread, desk)
        language = message.language
        if press.action == PERSON:
            title = text("button.person", language)
            words = text("handoff.wants_human", language)
            await self._slack.desk.ask_for_human(replace(inbound, text=words))
            return title
        choice = _choice(press.action, message, number)
        chosen = replace(inbound, text=choice.title, payload=choice.payload, offered_in=message.seq)
        if thread.status is None or thread.status.conversation != message.conversation:
            # Of a conversation that is over: what it asked is settled.
            raise OldButton
        await self._slack.desk.receive_customer_message(chosen)
        if press.action == SOLVED:
            await self._slack.desk.end_conversation(CHANNEL, press.place.key, message.conversation)
            return text("slack.solved", language)
        return text("slack.still_stuck", language) if press.action == STUCK else choice.title

    def _inbound(self, press: Press, person: Person, thread: Thread, desk: str) -> InboundMessage:
        return InboundMessage(
            channel=CHANNEL,
            thread=press.place.key,
            customer=f"{press.place.team}:{thread.requester or press.user}",
            desk=desk,
            external_id=f"press:{press.key}",
            language=thread.language or person.language,
            text="",
            customer_name=person.name or None,
            customer_email=person.email,
        )

    def _whisper(self, press: Press, words: str) -> None:
        whisper(self._slack, press.place, press.user, words)

    def _mark(self, press: Press, title: str) -> None:
        """In the place of the buttons: what was chosen."""
        kept = [block for block in press.blocks if block.get("type") != "actions"]
        kept.append(context(f"✓ {escape(title)}"))
        work = redraw(self._slack.calls, press.place, press.ts, escape(title), kept)
        self._slack.later.start(work, "slack mark press")


class OldButton(FirstlineError):
    """Of a message that nobody waits for an answer to any more."""

    code = "not_offered"
    status = 409


def _choice(action: str, message: OutboundMessage, number: int) -> Button:
    if action in (SOLVED, STUCK):
        wanted = action == SOLVED
        found = (b for b in message.buttons if says_helpful(b.payload) is wanted)
        if (choice := next(found, None)) is None:
            raise OldButton
        return choice
    return buttons_of(message)[number]
