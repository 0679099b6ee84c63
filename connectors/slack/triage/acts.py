"""The card's buttons: who presses them, what they do, and what is said when it was in vain."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.channel import AgentAccount
from bot.errors import FirstlineError
from bot.texts import text
from connectors.slack.faults import SlackFault
from connectors.slack.triage.card import ACTION, MORE, read_block
from connectors.slack.triage.desk import Member, Room, TriageDesk
from connectors.slack.triage.modals import Modals

# `Any`: Slack's JSON.
Json = dict[str, Any]
MOVES = ("claim", "release", "return_to_bot", "wake", "close", "not_a_request")
MODALS = ("reply", "assign")
OUR_BUTTONS = re.compile(rf"^{re.escape(ACTION)}")

log = structlog.get_logger()


class Acts:
    """Takes presses."""

    def __init__(self, desk: TriageDesk, modals: Modals) -> None:
        self._desk = desk
        self._modals = modals

    def register(self, app: AsyncApp) -> None:
        """Every button of a card, of whatever version."""
        app.action(OUR_BUTTONS)(self.press)

    async def press(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """Does what the button says, once; whoever pressed it hears why it was not done."""
        await ack()
        await self._desk.slack.later.answered(self._press(body, action), "slack card press")

    async def _press(self, body: Json, action: Json) -> None:
        team, channel = str(body["team"]["id"]), str((body.get("channel") or {}).get("id", ""))
        user = str(body["user"]["id"])
        room = await self._desk.room_of(team, channel)
        if room is None or not await self._desk.is_first(f"press:{team}:{_key(body, action)}"):
            return
        thread = str((body.get("message") or {}).get("ts", "")) or None
        language = room.face.language
        try:
            member = await self._desk.member(room, user)
            language = member.language
            words = await self._words_after(room, member, body, action)
        except SlackFault as fault:
            log.warning("slack.press_failed", problem=str(fault))
            words = text("triage.told.busy", language)
        if words:
            self._desk.whisper(room, user, words, thread=thread)

    async def _words_after(self, room: Room, member: Member, body: Json, action: Json) -> str:
        """Does it; what there is to say to whoever pressed, empty when it was done."""
        account = member.account
        if account is None:
            return no_account(member)
        if not await self._desk.is_in(room, str(body["user"]["id"])):
            return text("triage.told.not_in", account.language)
        try:
            await self._do(room, account, body, action)
        except FirstlineError as refusal:
            found = read_block(str(action.get("block_id", "")))
            conversation = found[0] if found else ""
            return await self._desk.why(conversation, refusal, account.language)
        return ""

    async def _do(self, room: Room, account: AgentAccount, body: Json, action: Json) -> None:
        name, choice = _wanted(action)
        found = read_block(str(action.get("block_id", "")))
        user = str(body["user"]["id"])
        if found is None or name not in (*MOVES, *MODALS, "snooze"):
            message = str((body.get("message") or {}).get("ts", ""))
            await self._refuse_old(room, account, user, message)
            return
        conversation, epoch = found
        agents = self._desk.agents
        if name in MODALS:
            trigger = str(body.get("trigger_id", ""))
            thread = str((body.get("message") or {}).get("ts", "")) or None
            await self._modals.open(
                name, room, account, trigger, conversation, epoch, thread=thread
            )
        elif name == "snooze":
            await agents.snooze(account.id, conversation, epoch=epoch, choice=choice)
        else:
            await getattr(agents, name)(account.id, conversation, epoch=epoch)

    async def _refuse_old(self, room: Room, account: AgentAccount, user: str, message: str) -> None:
        """A button that we do not know (any more): it is said, and the card is drawn anew."""
        conversation = await self._desk.cards.conversation_of(room.place, message)
        if conversation is not None:
            await self._desk.cards.forget_look(conversation)
        words = text("triage.told.old_button", account.language)
        self._desk.whisper(room, user, words, thread=message or None)


def no_account(member: Member) -> str:
    """Why nothing was done, and how to get an account."""
    if member.email is None:
        return text("triage.told.no_email", member.language)
    return text("triage.told.no_account", member.language, email=member.email)


def _wanted(action: Mapping[str, Any]) -> tuple[str, str]:
    """The name of the act, and what was chosen with it."""
    name = str(action.get("action_id", "")).removeprefix(ACTION)
    option = action.get("selected_option")
    choice = str(option.get("value", "")) if isinstance(option, dict) else ""
    return (choice, "") if name == MORE else (name, choice)


def _key(body: Json, action: Json) -> str:
    return f"{body['user']['id']}:{action.get('action_ts') or body.get('trigger_id')}"
