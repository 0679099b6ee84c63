"""The window for a new request, and the home page. Pure."""

from dataclasses import dataclass
from typing import Any

from bot.channel import OpenRequest
from bot.texts import text
from connectors.slack.mrkdwn import escape
from connectors.slack.triage.words import moment, one_line, quoted

# `Any`: Slack's JSON.
Json = dict[str, Any]
NEW, FORM = "asking.new", "asking.form:"
MOST_WORDS, MOST_QUOTED = 3000, 1500


@dataclass(frozen=True)
class Choice:
    """A desk that may be asked, and the forms that it has in Slack."""

    desk: str
    name: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Quoted:
    """A message that the request is about."""

    text: str
    link: str


def new_view(choices: list[Choice], language: str, *, state: str, about: Quoted | None) -> Json:
    """Who should help, with what."""
    blocks: list[Json] = []
    if about is not None:
        lines = f"{text('asking.about', language)}\n{quoted(one_line(about.text, MOST_QUOTED))}"
        blocks.append(_section(lines))
    if len(choices) > 1:
        options = [{"text": _plain(one.name[:75]), "value": one.desk} for one in choices]
        element = {
            "type": "static_select",
            "action_id": "value",
            "options": options,
            "initial_option": options[0],
        }
        blocks.append(_input("desk", text("asking.desk", language), element))
    typed: Json = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": True,
        "max_length": MOST_WORDS,
    }
    asked = _input("words", text("asking.what", language), typed)
    blocks.append(asked | {"optional": about is not None})
    buttons = form_buttons(choices, language)
    if buttons and about is None:
        blocks.append(_context(text("asking.or_form", language)))
        blocks.append({"type": "actions", "block_id": "asking.forms", "elements": buttons})
    return {
        "type": "modal",
        "callback_id": NEW,
        "private_metadata": state,
        "title": _plain(text("asking.title", language)),
        "submit": _plain(text("asking.send", language)),
        "close": _plain(text("asking.cancel", language)),
        "blocks": blocks,
    }


def note_view(words: str, language: str) -> Json:
    """A window that only says something."""
    return {
        "type": "modal",
        "title": _plain(text("asking.title", language)),
        "close": _plain(text("asking.close", language)),
        "blocks": [_section(escape(words))],
    }


def home_view(
    requests: list[tuple[OpenRequest, str | None]],
    choices: list[Choice],
    channels: list[str],
    language: str,
) -> Json:
    """Open requests with their state, each with the address of its thread."""
    button = {
        "type": "button",
        "style": "primary",
        "action_id": NEW,
        "text": _plain(text("asking.new_request", language)),
        "value": "new",
    }
    blocks: list[Json] = []
    if choices:
        elements = [button, *form_buttons(choices, language)]
        blocks.append({"type": "actions", "block_id": "asking.home", "elements": elements})
        blocks.append(_context(_how(channels, language)))
    blocks.append(_section(f"*{text('asking.home.title', language)}*"))
    if not requests:
        blocks.append(_section(text("asking.home.none", language)))
    blocks += [_request(request, link, language) for request, link in requests]
    return {"type": "home", "blocks": blocks}


def form_buttons(choices: list[Choice], language: str) -> list[Json]:
    """One for each form of each desk."""
    return [
        {
            "type": "button",
            "action_id": f"{FORM}{choice.desk}:{name}",
            "text": _plain(text(f"asking.form.{name}", language)),
            "value": name,
        }
        for choice in choices
        for name in choice.forms
    ]


def _how(channels: list[str], language: str) -> str:
    if not channels:
        return text("asking.home.how_direct", language)
    named = ", ".join(f"<#{channel}>" for channel in channels)
    return text("asking.home.how", language, channels=named)


def _request(request: OpenRequest, link: str | None, language: str) -> Json:
    status = request.status_words
    if request.agent_name:
        status = text("asking.home.with_agent", language, name=request.agent_name)
    row = text(
        "asking.home.row",
        language,
        words=one_line(request.first_words, 200) or "…",
        status=escape(status),
        when=moment(request.opened_at),
    )
    block = _section(row)
    if link is not None:
        block["accessory"] = {
            "type": "button",
            "action_id": f"asking.open:{request.conversation}",
            "text": _plain(text("asking.home.open", language)),
            "url": link,
        }
    return block


def _input(block: str, label: str, element: Json) -> Json:
    return {"type": "input", "block_id": block, "label": _plain(label), "element": element}


def _section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}


def _context(words: str) -> Json:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": words, "verbatim": True}],
    }


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}
