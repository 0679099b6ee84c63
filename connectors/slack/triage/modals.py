"""What takes more than a press: a reply, whose readers are shown first, and who gets it."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.channel import AgentAccount, AgentReply, CaseEntry
from bot.errors import FirstlineError
from bot.texts import text
from connectors.slack.faults import SlackFault
from connectors.slack.parse import SlackFile, read_file
from connectors.slack.submitted import Answer, answer_in_time, refused
from connectors.slack.triage.desk import Room, TriageDesk
from connectors.slack.triage.views import (
    assign_view,
    chosen_files,
    note_view,
    reply_view,
    value_of,
)
from connectors.slack.uploads import NotThere, opened

# `Any`: Slack's JSON.
Json = dict[str, Any]
CALLBACK = "triage.view."
OUR_VIEWS = re.compile(rf"^{re.escape(CALLBACK)}")
# The window has to open within three seconds of the press, if need be without the thread's files.
LOOK_SECONDS, MOST_POSTS = 1.5, 100

log = structlog.get_logger()


@dataclass(frozen=True)
class Wanted:
    """A reply that was submitted."""

    room: Room
    account: AgentAccount
    user: str
    conversation: str
    epoch: int
    key: str
    words: str
    files: tuple[SlackFile, ...]


class Modals:
    """Opens them, and does what is submitted."""

    def __init__(self, desk: TriageDesk) -> None:
        self._desk = desk

    def register(self, app: AsyncApp) -> None:
        """Every modal of a card."""
        app.view(OUR_VIEWS)(self.submit)

    async def open(
        self,
        name: str,
        room: Room,
        account: AgentAccount,
        trigger: str,
        conversation: str,
        epoch: int,
        *,
        thread: str | None,
    ) -> None:
        """Shows it to whoever pressed; raises what the case refuses, and SlackFault."""
        case = await self._desk.agents.case(conversation, account.language)
        key = str(uuid4())
        state = {"c": conversation, "e": epoch, "k": key, "r": room.channel, "t": thread}
        state["l"] = account.language
        if name == "reply":
            entries = await self._desk.agents.entries(conversation, seq=0, notes=case.notes)
            limits = self._desk.slack.desk.file_limits
            view = reply_view(
                case,
                account,
                _last_of_customer(entries),
                limits=limits,
                in_thread=await self._files_in(room, thread) if limits and thread else (),
            )
        else:
            view = assign_view(await self._desk.agents.colleagues(room.desk), case, account)
        view["callback_id"] = f"{CALLBACK}{name}"
        view["private_metadata"] = json.dumps(state)
        await self._desk.slack.calls.call(room.team, "views.open", trigger_id=trigger, view=view)

    async def _files_in(self, room: Room, thread: str) -> tuple[SlackFile, ...]:
        """What agents posted in the card's thread, the oldest first."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                said = await self._desk.slack.calls.call(
                    room.team,
                    "conversations.replies",
                    channel=room.channel,
                    ts=thread,
                    limit=MOST_POSTS,
                )
        except (SlackFault, TimeoutError) as fault:
            log.info("slack.no_files_offered", problem=str(fault))
            return ()
        posts = [post for post in said.get("messages") or () if not post.get("bot_id")]
        found = [read_file(file) for post in posts for file in post.get("files") or ()]
        return tuple({file.id: file for file in found if not file.is_gone}.values())

    async def submit(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """Does it; what is refused is told in the modal, where everything typed is still there.
        What takes longer goes on without it, and its refusal is told in the card's thread."""
        name = str(view.get("callback_id", "")).removeprefix(CALLBACK)
        state, user = _state(view), str(body["user"]["id"])
        room = await self._desk.room_of(str(body["team"]["id"]), str(state.get("r", "")))
        if room is None or name not in ("reply", "assign"):
            await ack()
            return
        here = room
        language = "pl" if state.get("l") == "pl" else "en"
        title = text(f"triage.{name}.title", language)

        await answer_in_time(
            self._desk.slack.later,
            ack,
            lambda: self._do(name, here, user, state, view),
            key=f"{name}:{state['k']}",
            order=f"window:{state['c']}",
            meanwhile=note_view(title, text(f"triage.{name}.on_its_way", language), language),
            tell=lambda words: self._desk.whisper(here, user, words, thread=state.get("t")),
            failed=text("triage.told.failed", language),
        )

    async def _do(self, name: str, room: Room, user: str, state: Json, view: Json) -> Answer:
        conversation, language = str(state["c"]), "en"
        try:
            member = await self._desk.member(room, user)
            language = member.language
            account = member.account
            if account is None:
                return refused("value", text("error.no_account", language))
            if not await self._desk.is_in(room, user):
                return refused("value", text("triage.told.not_in", language))
            if name == "reply":
                await self._send(_wanted(room, account, user, state, view))
            else:
                to, epoch = value_of(view), int(state["e"])
                await self._desk.agents.assign(account.id, conversation, epoch=epoch, to=to)
        except (FirstlineError, SlackFault, NotThere) as fault:
            why = await self._why(conversation, fault, language)
            late = text("triage.told.not_sent", language, why=why) if name == "reply" else why
            return refused("value", why, late=late)
        return Answer()

    async def _send(self, wanted: Wanted) -> None:
        """With the files that were chosen, and no others."""
        slack, account = self._desk.slack, wanted.account
        ids = []
        for file in wanted.files:
            name, pieces = await opened(slack, wanted.room.team, file)
            key = f"{wanted.key}:{file.id}"[:64]
            ids.append(await self._desk.agents.receive_file(account.id, pieces, key=key, name=name))
        reply = AgentReply(wanted.words, wanted.epoch, wanted.key, tuple(ids))
        await self._desk.agents.reply(account.id, wanted.conversation, reply)

    async def _why(
        self, conversation: str, fault: FirstlineError | SlackFault | NotThere, language: str
    ) -> str:
        if isinstance(fault, FirstlineError):
            return await self._desk.why(conversation, fault, language)
        if isinstance(fault, NotThere):
            return text("slack.file_not_there", language, name=fault.name)
        log.warning("slack.not_done", problem=str(fault))
        return text("triage.told.busy", language)


def _last_of_customer(entries: tuple[CaseEntry, ...]) -> str | None:
    said = [entry.text for entry in entries if entry.author == "customer" and entry.text]
    return said[-1] if said else None


def _wanted(room: Room, account: AgentAccount, user: str, state: Json, view: Json) -> Wanted:
    return Wanted(
        room,
        account,
        user,
        str(state["c"]),
        int(state["e"]),
        str(state["k"]),
        value_of(view),
        chosen_files(view),
    )


def _state(view: Json) -> Json:
    """What the modal was opened with; empty when it is none of ours."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
