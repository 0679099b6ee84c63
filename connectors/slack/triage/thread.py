"""What agents write in a card's thread: an internal note, unless it begins with the prefix."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot.channel import AgentAccount, AgentReply
from bot.errors import FirstlineError
from bot.texts import text
from connectors.slack.faults import Refused
from connectors.slack.receive import words_in
from connectors.slack.triage.acts import no_account
from connectors.slack.triage.desk import Room, TriageDesk

# `Any`: Slack's JSON.
Json = dict[str, Any]
WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
CHANGED = "message_changed"
DELETED = "message_deleted"
SENT = "outbox_tray"
FRESH_PAUSES = (0.1, 0.2, 0.4, 0.8)  # seconds

log = structlog.get_logger()


class CardThreads:
    """Listens to the triage channels, and to nothing else."""

    def __init__(self, desk: TriageDesk) -> None:
        self._desk = desk

    def register(self, app: AsyncApp) -> None:
        """Before whatever listens to the request channels: these posts are never requests."""
        app.event("message", matchers=[self._is_ours])(self.hear)
        app.event("app_mention", matchers=[self._is_ours])(_nothing)

    async def _is_ours(self, event: Json) -> bool:
        return self._desk.is_room(str(event.get("channel", "")))

    async def hear(self, event: Json, body: Json) -> None:
        """A note, a reply, or agents' own talk that is no card's."""
        team = str(body.get("team_id") or event.get("team") or "")
        room = await self._desk.room_of(team, str(event["channel"]))
        if room is None:
            return
        if event.get("subtype") == CHANGED:
            await self._changed(room, event)
        elif event.get("subtype") == DELETED:
            # Perhaps a card: then it is drawn anew, and found to be gone.
            gone = str(event.get("deleted_ts", ""))
            conversation = await self._desk.cards.conversation_of(room.place, gone)
            if conversation is not None:
                await self._desk.cards.forget_look(conversation)
        elif event.get("subtype") in WRITTEN and not event.get("bot_id") and event.get("user"):
            await self._written(room, event)

    async def _written(self, room: Room, event: Json) -> None:
        thread, ts, user = str(event.get("thread_ts", "")), str(event["ts"]), str(event["user"])
        if thread in ("", ts) or (conversation := await self._card_of(room, event)) is None:
            return
        member = await self._desk.member(room, user)
        if member.account is None:
            await self._desk.whisper(room, user, no_account(member), thread=thread)
            return
        words = await self._words(room, event, member.account.language)
        prefix = room.face.reply_prefix
        if prefix and words.startswith(prefix):
            await self._send(room, member.account, conversation, words.removeprefix(prefix), event)
        else:
            await self._note(room, member.account, conversation, words, event)

    async def _card_of(self, room: Room, event: Json) -> str | None:
        """Whose thread it is; a card that was posted this moment may not be noted yet."""
        workspace = await self._desk.slack.calls.teams.of(room.team)
        is_bots = event.get("parent_user_id") in (None, workspace.bot_user)
        for pause in (*FRESH_PAUSES, None) if is_bots else (None,):
            thread = str(event["thread_ts"])
            found: str | None = await self._desk.cards.conversation_of(room.place, thread)
            if found is not None or pause is None:
                return found
            await asyncio.sleep(pause)
        return None

    async def _note(
        self, room: Room, account: AgentAccount, conversation: str, words: str, event: Json
    ) -> None:
        source = f"{room.place}:{event['ts']}"
        try:
            await self._desk.agents.note(account.id, conversation, words, source=source)
        except FirstlineError as refusal:
            why = refusal.message(account.language)
            told = text("triage.told.not_noted", account.language, why=why)
            await self._desk.whisper(room, str(event["user"]), told, thread=str(event["thread_ts"]))

    async def _send(
        self, room: Room, account: AgentAccount, conversation: str, words: str, event: Json
    ) -> None:
        """To the customer: the author said so with the prefix, and has the conversation."""
        thread, ts = str(event["thread_ts"]), str(event["ts"])
        try:
            case = await self._desk.agents.case(conversation, account.language)
            reply = AgentReply(words.strip(), case.epoch, f"{room.place}:{ts}"[-60:])
            await self._desk.agents.reply(account.id, conversation, reply)
        except FirstlineError as refusal:
            why = refusal.message(account.language)
            told = text("triage.told.not_sent", account.language, why=why)
            await self._desk.whisper(room, str(event["user"]), told, thread=thread)
            return
        try:
            await self._desk.slack.calls.call(
                room.team, "reactions.add", channel=room.channel, timestamp=ts, name=SENT
            )
        except Refused as fault:
            if fault.code != "already_reacted":
                log.info("slack.no_reaction", problem=fault.code)

    async def _changed(self, room: Room, event: Json) -> None:
        """An edit changes the note. What was sent to the customer stays as it was sent."""
        message = event.get("message")
        if not isinstance(message, dict) or message.get("bot_id") or not message.get("user"):
            return
        member = await self._desk.member(room, str(message["user"]))
        if member.account is None:
            return
        source = f"{room.place}:{message.get('ts')}"
        words = await self._words(room, message, member.account.language)
        try:
            await self._desk.agents.change_note(member.account.id, words, source=source)
        except FirstlineError as refusal:
            why = refusal.message(member.account.language)
            told = text("triage.told.not_noted", member.account.language, why=why)
            thread = message.get("thread_ts")
            await self._desk.whisper(
                room, str(message["user"]), told, thread=str(thread) if thread else None
            )

    async def _words(self, room: Room, event: Mapping[str, Any], language: str) -> str:
        """What was written; of files, their names: they stay in this channel."""
        words = await words_in(self._desk.slack, room.team, str(event.get("text") or ""))
        files = [file for file in event.get("files") or () if isinstance(file, dict)]
        names = [
            text("triage.line.file_in_note", language, name=str(file.get("name") or file.get("id")))
            for file in files
        ]
        return "\n".join([part for part in (words, *names) if part])


async def _nothing() -> None:
    """A mention among agents asks nothing of the desk."""
