"""What takes more than a press: a reply, whose readers are shown first, and who gets it."""

import json
import re
from typing import Any
from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.channel import AgentAccount, AgentReply, Case, CaseEntry
from bot.errors import FirstlineError
from bot.texts import text
from connectors.slack.channel import CHANNEL
from connectors.slack.faults import SlackFault
from connectors.slack.mrkdwn import escape
from connectors.slack.place import Place
from connectors.slack.triage.desk import Room, TriageDesk
from connectors.slack.triage.words import one_line

# `Any`: Slack's JSON.
Json = dict[str, Any]
CALLBACK = "triage.view."
OUR_VIEWS = re.compile(rf"^{re.escape(CALLBACK)}")
MOST_REPLY, MOST_COLLEAGUES = 3000, 100  # of a text and of a list in Slack
MOST_LAST = 600


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
    ) -> None:
        """Shows it to whoever pressed; raises what the case refuses, and SlackFault."""
        case = await self._desk.agents.case(conversation, account.language)
        state = {"c": conversation, "e": epoch, "k": str(uuid4()), "r": room.channel}
        if name == "reply":
            entries = await self._desk.agents.entries(conversation, seq=0, notes=case.notes)
            view = reply_view(case, account, _last_of_customer(entries))
        else:
            view = assign_view(await self._desk.agents.colleagues(room.desk), case, account)
        view["callback_id"] = f"{CALLBACK}{name}"
        view["private_metadata"] = json.dumps(state)
        await self._desk.slack.calls.call(room.team, "views.open", trigger_id=trigger, view=view)

    async def submit(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """Does it; what is refused is told in the modal, where everything typed is still there."""
        name = str(view.get("callback_id", "")).removeprefix(CALLBACK)
        state = _state(view)
        room = await self._desk.room_of(str(body["team"]["id"]), str(state.get("r", "")))
        if room is None or name not in ("reply", "assign"):
            await ack()
            return
        member = await self._desk.member(room, str(body["user"]["id"]))
        if member.account is None:
            await _refuse(ack, name, text("error.no_account", member.language))
            return
        try:
            await self._do(name, member.account, state, _value(view))
        except FirstlineError as refusal:
            await _refuse(ack, name, refusal.message(member.account.language))
        except SlackFault:
            await _refuse(ack, name, text("triage.told.busy", member.language))
        else:
            await ack()

    async def _do(self, name: str, account: AgentAccount, state: Json, value: str) -> None:
        conversation, epoch = str(state["c"]), int(state["e"])
        if name == "reply":
            reply = AgentReply(value, epoch, str(state["k"]))
            await self._desk.agents.reply(account.id, conversation, reply)
        else:
            await self._desk.agents.assign(account.id, conversation, epoch=epoch, to=value)


def reply_view(case: Case, account: AgentAccount, last: str | None) -> Json:
    """The agent writes, and sees who will read it."""
    language = account.language
    blocks: list[Json] = [_section(audience(case, account))]
    if last:
        words = one_line(last, MOST_LAST)
        blocks.append(_context(text("triage.reply.last", language, words=words)))
    blocks.append(
        {
            "type": "input",
            "block_id": "value",
            "label": _plain(text("triage.reply.label", language)),
            "element": {
                "type": "plain_text_input",
                "action_id": "value",
                "multiline": True,
                "max_length": MOST_REPLY,
                "focus_on_load": True,
            },
        }
    )
    return _modal(text("triage.reply.title", language), blocks, language, can_submit=True)


def audience(case: Case, account: AgentAccount) -> str:
    """Who will see a reply: nobody finds that out afterwards."""
    language, agent = account.language, escape(account.name)
    customer = escape(case.customer or text("triage.card.nameless", language))
    if case.channel != CHANNEL:
        channel = escape(case.channel_words)
        return text(
            "triage.reply.audience", language, customer=customer, channel=channel, agent=agent
        )
    place = Place.of(case.thread)
    if place.channel.startswith("D"):
        return text("triage.reply.audience_direct", language, customer=customer, agent=agent)
    channel = f"<#{place.channel}>"
    return text(
        "triage.reply.audience_channel", language, customer=customer, channel=channel, agent=agent
    )


def assign_view(colleagues: tuple[AgentAccount, ...], case: Case, account: AgentAccount) -> Json:
    """Who gets it, of those who work at the desk."""
    language = account.language
    others = [one for one in colleagues if one.id != case.agent_id][:MOST_COLLEAGUES]
    if not others:
        nobody = [_section(text("triage.assign.nobody", language))]
        return _modal(text("triage.assign.title", language), nobody, language, can_submit=False)
    options = [{"text": _plain(one.name[:75]), "value": one.id} for one in others]
    select = {
        "type": "input",
        "block_id": "value",
        "label": _plain(text("triage.assign.label", language)),
        "element": {"type": "static_select", "action_id": "value", "options": options},
    }
    return _modal(text("triage.assign.title", language), [select], language, can_submit=True)


def _last_of_customer(entries: tuple[CaseEntry, ...]) -> str | None:
    said = [entry.text for entry in entries if entry.author == "customer" and entry.text]
    return said[-1] if said else None


def _modal(title: str, blocks: list[Json], language: str, *, can_submit: bool) -> Json:
    view: Json = {
        "type": "modal",
        "title": _plain(title),
        "close": _plain(text("triage.button.cancel", language)),
        "blocks": blocks,
    }
    if can_submit:
        view["submit"] = _plain(text("triage.button.send", language))
    return view


async def _refuse(ack: AsyncAck, name: str, words: str) -> None:
    await ack(response_action="errors", errors={"value": words})


def _state(view: Json) -> Json:
    """What the modal was opened with; empty when it is none of ours."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _value(view: Json) -> str:
    """What was typed or chosen."""
    found = view.get("state", {}).get("values", {}).get("value", {}).get("value", {})
    option = found.get("selected_option")
    return str(option["value"] if isinstance(option, dict) else found.get("value") or "")


def _section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def _context(words: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}
