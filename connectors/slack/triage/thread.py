"""What agents write in a card's thread: an internal note, unless it begins with the prefix."""

import asyncio
from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.channel import AgentAccount, AgentReply
from bot.errors import FirstlineError
from bot.texts import text
from connectors.slack.later import AGAIN_SECONDS
from connectors.slack.plain import to_markup
from connectors.slack.receive import words_in
from connectors.slack.tell import react
from connectors.slack.triage.acts import no_account
from connectors.slack.triage.desk import Room, TriageDesk

# `Any`: Slack's JSON.
Json = dict[str, Any]
WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
CHANGED = "message_changed"
DELETED = "message_deleted"
SENT = "outbox_tray"
FRESH_PAUSES = (0.1, 0.2, 0.4, 0.8)  # seconds


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
        """A note, a reply, or agents' own talk that is no card's.

        Returns when it is stored, as with requests; what is said of it follows in the background.
        """
        team = str(body.get("team_id") or event.get("team") or "")
        key, order = _key(team, event), _order(team, event)
        await self._desk.slack.later.in_time(
            key, order, lambda: self._heard(team, event), again_after=AGAIN_SECONDS
        )

    async def _heard(self, team: str, event: Json) -> None:
        room = await self._desk.room_of(team, str(event["channel"]))
        if room is None:
            return
        if gone := _deleted(event):
            # Perhaps a card: then it is drawn anew, and found to be gone.
            conversation = await self._desk.cards.conversation_of(room.place, gone)
            if conversation is not None:
                await self._desk.cards.forget_look(conversation)
        elif event.get("subtype") == CHANGED:
            await self._changed(room, event)
        elif event.get("subtype") in WRITTEN and not event.get("bot_id") and event.get("user"):
            await self._written(room, event)

    async def _written(self, room: Room, event: Json) -> None:
        thread, ts, user = str(event.get("thread_ts", "")), str(event["ts"]), str(event["user"])
        if thread in ("", ts) or (conversation := await self._card_of(room, event)) is None:
            return
        member = await self._desk.member(room, user)
        if member.account is None:
            await self._tell(room, event, no_account(member))
            return
        words = await self._words(room, event, member.account.language)
        prefix = room.face.reply_prefix
        if prefix and words.startswith(prefix) and event.get("files"):
            # Its readers are shown before a file goes out, and here nobody could be shown them.
            why = text("triage.told.files_need_reply", member.account.language)
            told = text("triage.told.not_sent", member.account.language, why=why)
            await self._tell(room, event, told)
        elif prefix and words.startswith(prefix):
            await self._send(room, member.account, conversation, words.removeprefix(prefix), event)
        else:
            await self._note(room, member.account, conversation, words, event)

    async def _card_of(self, room: Room, event: Json) -> str | None:
        """Whose thread it is; a card that was posted this moment may not be noted yet."""
        workspace = await self._desk.slack.calls.teams.of(room.team)
        is_bots = event.get("parent_user_id") in (None, workspace.bot_user)
        for pause in (*FRESH_PAUSES, None) if is_bots else (None,):
            thread = str(event["thread_ts"])
            found = await self._desk.conversation_of(room, thread)
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
            await self._tell(room, event, told)

    async def _send(
        self, room: Room, account: AgentAccount, conversation: str, words: str, event: Json
    ) -> None:
        """To the customer: the author said so with the prefix, and has the conversation."""
        ts = str(event["ts"])
        if not await self._desk.is_in(room, str(event["user"])):
            why = text("triage.told.not_in", account.language)
            told = text("triage.told.not_sent", account.language, why=why)
            await self._tell(room, event, told)
            return
        try:
            case = await self._desk.agents.case(conversation, account.language)
            reply = AgentReply(to_markup(words), case.epoch, f"{room.place}:{ts}"[-60:])
            await self._desk.agents.reply(account.id, conversation, reply)
        except FirstlineError as refusal:
            why = refusal.message(account.language)
            told = text("triage.told.not_sent", account.language, why=why)
            await self._tell(room, event, told)
            return
        reacting = react(self._desk.slack.calls, room.team, room.channel, ts, SENT)
        self._desk.slack.later.start(reacting, "slack note sent")

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
            await self._tell(room, event, told)

    async def _tell(self, room: Room, event: Json, words: str) -> None:
        """To its author alone; once, though Slack may tell of the event again."""
        post = _post_of(event)
        if not await self._desk.is_first(f"told:{room.place}:{event['ts']}"):
            return
        thread = str(post.get("thread_ts") or "") or None
        self._desk.whisper(room, str(post["user"]), words, thread=thread)

    async def _words(self, room: Room, event: Mapping[str, Any], language: str) -> str:
        """What was written; of files, their names: they stay in this channel."""
        words = await words_in(self._desk.slack, room.team, str(event.get("text") or ""))
        files = [file for file in event.get("files") or () if isinstance(file, dict)]
        names = [
            text("triage.line.file_in_note", language, name=str(file.get("name") or file.get("id")))
            for file in files
        ]
        return "\n".join([part for part in (words, *names) if part])


def _post_of(event: Json) -> Json:
    """What was written; an edit tells of it inside."""
    message = event.get("message")
    return message if event.get("subtype") == CHANGED and isinstance(message, dict) else event


def _deleted(event: Json) -> str | None:
    """The post that is gone; of one with a thread, a stone is left."""
    if event.get("subtype") == DELETED:
        return str(event.get("deleted_ts", "")) or None
    post = _post_of(event)
    return str(post.get("ts")) if post.get("subtype") == "tombstone" else None


def _key(team: str, event: Json) -> str:
    """The same for what Slack tells twice."""
    kind = f"{event.get('subtype')}:{hash(str(_post_of(event).get('text')))}"
    return f"triage:{team}:{event['channel']}:{event.get('ts')}:{kind}"


def _order(team: str, event: Json) -> str:
    """One thread's posts and their edits come one after another."""
    post = _post_of(event)
    thread = post.get("thread_ts") or post.get("ts")
    return f"triage:{team}:{event['channel']}:{thread}"


async def _nothing() -> None:
    """A mention among agents asks nothing of the desk."""
