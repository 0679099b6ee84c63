"""The card of a conversation, as Slack's blocks. Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from bot.channel import Case, CaseExchange
from bot.texts import text
from connectors.slack.mrkdwn import escape
from connectors.slack.triage.words import cut, moment, one_line, quoted

# `Any`: Slack's JSON.
Json = dict[str, Any]
ACTION = "triage."
BLOCK = "triage:"
MORE = "more"
MOST_FACTS, MOST_FIELD = 10, 300
MOST_WORDS, MOST_ANSWER, MOST_TRIED, MOST_SECTION = 700, 200, 3, 2900
SNOOZES = ("hour", "three_hours", "morning", "monday")
DOT = {
    "queued": ":red_circle:",
    "with_agent": ":large_green_circle:",
    "snoozed": ":zzz:",
    "bot": ":robot_face:",
    "closed": ":white_check_mark:",
}


@dataclass(frozen=True)
class Face:
    """How a desk's cards look."""

    language: str
    reply_prefix: str = ""


@dataclass(frozen=True)
class Shown:
    """What is posted; `digest` tells whether it is what is there already."""

    text: str
    blocks: list[Json]

    @property
    def digest(self) -> str:
        """The same for the same look."""
        return hashlib.sha256(json.dumps([self.text, self.blocks]).encode()).hexdigest()[:40]


def card(case: Case, face: Face) -> Shown:
    """All that an agent needs before the first word, and what they can do now."""
    language = face.language
    customer = one_line(case.customer or text("triage.card.nameless", language), 100)
    dot = DOT.get(case.status, ":grey_question:")
    title = f"{dot} *{customer}* · {escape(case.status_words)}"
    if case.agent_name:
        name = one_line(case.agent_name, 100)
        title = f"{title} · {text('triage.card.with_agent', language, name=name)}"
    blocks = [_section(title)]
    if case.status != "closed":
        blocks += _packet(case, language)
    blocks.append(_context(_circumstances(case, language)))
    if case.undelivered:
        blocks.append(_context([text("triage.card.undelivered", language)]))
    buttons = _buttons(case, face)
    if buttons:
        blocks.append({"type": "actions", "block_id": block_id(case), "elements": buttons})
        blocks.append(_context([_hint(face)]))
    fallback = text(
        "triage.card.fallback", language, customer=customer, status=escape(case.status_words)
    )
    return Shown(fallback, blocks)


def block_id(case: Case) -> str:
    """Whose buttons these are, and of which epoch."""
    return f"{BLOCK}{case.conversation}:{case.epoch}"


def read_block(found: str) -> tuple[str, int] | None:
    """The conversation and the epoch; None for what no version of ours wrote."""
    parts = found.removeprefix(BLOCK).split(":")
    if not found.startswith(BLOCK) or len(parts) != 2 or not parts[1].isdecimal():
        return None
    return parts[0], int(parts[1])


def _packet(case: Case, language: str) -> list[Json]:
    blocks = []
    if case.reason:
        blocks.append(_section(escape(case.reason)))
    wish = [f"*{text('triage.card.wants', language)}:* {escape(case.topic)}"] if case.topic else []
    if case.words:
        wish.append(quoted(cut(escape(case.words), MOST_WORDS)))
    if wish:
        blocks.append(_section("\n".join(wish)))
    if case.facts:
        blocks.append(_section(f"*{text('triage.card.facts', language)}*"))
        fields = [
            {
                "type": "mrkdwn",
                "text": f"*{one_line(fact.label, 80)}*\n{one_line(fact.value, MOST_FIELD)}",
                "verbatim": True,
            }
            for fact in case.facts[:MOST_FACTS]
        ]
        blocks[-1]["fields"] = fields
        if len(case.facts) > MOST_FACTS:
            blocks.append(_context([text("triage.card.more", language)]))
    if case.tried:
        lines = [f"*{text('triage.card.tried', language)}*"]
        lines += [_tried(exchange) for exchange in case.tried[-MOST_TRIED:]]
        blocks.append(_section("\n".join(lines)))
    return blocks


def _tried(exchange: CaseExchange) -> str:
    asked = one_line(" / ".join(exchange.asked), MOST_ANSWER)
    answers = one_line(" / ".join(exchange.answers), MOST_ANSWER)
    return f"• {asked}\n      ↳ {answers}" if answers else f"• {asked}"


def _circumstances(case: Case, language: str) -> list[str]:
    found = []
    if case.waiting_since is not None:
        when = moment(case.waiting_since, "{ago}")
        found.append(f":hourglass: {text('triage.card.waiting', language, when=when)}")
    if case.due_at is not None and case.status in ("queued", "snoozed"):
        key = "target" if case.status == "queued" else "snoozed"
        found.append(text(f"triage.card.{key}", language, when=moment(case.due_at)))
    channel, speaks = escape(case.channel_words), escape(case.language_words)
    found.append(text("triage.card.channel", language, channel=channel, language=speaks))
    if case.contact and case.contact != case.customer:
        contact = one_line(case.contact, 200)
        found.append(text("triage.card.contact", language, contact=contact))
    return found


def _hint(face: Face) -> str:
    if not face.reply_prefix:
        return text("triage.card.hint", face.language)
    prefix = f"`{escape(face.reply_prefix)}`"
    return text("triage.card.hint_prefix", face.language, prefix=prefix)


def _buttons(case: Case, face: Face) -> list[Json]:
    """What is possible now; the obvious next step first, what is rare under «more»."""
    language, possible = face.language, case.possible
    first = [name for name in ("claim", "wake", "reply") if name in possible]
    if case.status == "bot":
        # Nobody waits: whoever wants it can have it.
        return [_button("claim", language, primary=True)]
    buttons = [_button(name, language, primary=name == first[0]) for name in first[:2]]
    if "assign" in possible:
        buttons.append(_button("assign", language))
    if "snooze" in possible:
        buttons.append(_snooze(language))
    if "close" in possible:
        buttons.append(_button("close", language, sure=True))
    if case.status == "queued":
        buttons.append(_button("not_a_request", language, sure=True))
    rare: list[str] = [name for name in ("release", "return_to_bot") if name in possible]
    if case.status in ("with_agent", "snoozed") and "close" in possible:
        rare.append("not_a_request")
    if rare:
        buttons.append(_overflow(rare, language))
    return buttons


def _button(name: str, language: str, *, primary: bool = False, sure: bool = False) -> Json:
    button: Json = {
        "type": "button",
        "action_id": f"{ACTION}{name}",
        "text": _plain(text(f"triage.button.{name}", language)),
        "value": name,
    }
    if primary:
        button["style"] = "primary"
    if sure:
        button["confirm"] = {
            "title": _plain(text("triage.confirm.title", language)),
            "text": _plain(text(f"triage.confirm.{name}", language)),
            "confirm": _plain(text("triage.confirm.yes", language)),
            "deny": _plain(text("triage.confirm.no", language)),
        }
    return button


def _snooze(language: str) -> Json:
    return {
        "type": "static_select",
        "action_id": f"{ACTION}snooze",
        "placeholder": _plain(text("triage.button.snooze", language)),
        "options": [
            {"text": _plain(text(f"inbox.snooze.{choice}", language)), "value": choice}
            for choice in SNOOZES
        ],
    }


def _overflow(names: list[str], language: str) -> Json:
    return {
        "type": "overflow",
        "action_id": f"{ACTION}{MORE}",
        "options": [
            {"text": _plain(text(f"triage.button.{name}", language)), "value": name}
            for name in names
        ],
    }


def _section(words: str) -> Json:
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": cut(words, MOST_SECTION), "verbatim": True},
    }


def _context(words: list[str]) -> Json:
    elements = [
        {"type": "mrkdwn", "text": cut(line, MOST_SECTION), "verbatim": True} for line in words
    ]
    return {"type": "context", "elements": elements}


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}
