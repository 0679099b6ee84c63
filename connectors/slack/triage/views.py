"""The windows of a card: a reply, whose readers are shown first, and who gets it. Pure."""

from typing import Any

from bot.channel import AgentAccount, Case, FileLimits
from bot.texts import text
from connectors.slack.channel import CHANNEL
from connectors.slack.mrkdwn import escape
from connectors.slack.parse import SlackFile, read_file
from connectors.slack.place import Place
from connectors.slack.triage.words import one_line

# `Any`: Slack's JSON.
Json = dict[str, Any]
MOST_REPLY, MOST_COLLEAGUES = 3000, 100  # of a text and of a list in Slack
MOST_LAST = 600
MOST_OFFERED, MOST_NAME = 10, 75  # check boxes, and how long each one's words may be
ADDED, TICKED = "added", "ticked"


def reply_view(
    case: Case,
    account: AgentAccount,
    last: str | None,
    *,
    limits: FileLimits | None = None,
    in_thread: tuple[SlackFile, ...] = (),
) -> Json:
    """The agent writes, and sees who will read it.

    `in_thread`: files that stand in the card's thread. None of them goes along unless it is ticked.
    """
    language = account.language
    blocks: list[Json] = [_section(audience(case, account))]
    if last:
        words = one_line(last, MOST_LAST)
        blocks.append(_context(text("triage.reply.last", language, words=words)))
    typed: Json = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": True,
        "max_length": MOST_REPLY,
        "focus_on_load": True,
    }
    field = _input("value", text("triage.reply.label", language), typed)
    blocks.append(field | {"optional": limits is not None})
    if limits is not None:
        blocks += _files(limits, in_thread, language)
    return modal(text("triage.reply.title", language), blocks, language, can_submit=True)


def _files(limits: FileLimits, in_thread: tuple[SlackFile, ...], language: str) -> list[Json]:
    offered = in_thread[-MOST_OFFERED:]
    blocks: list[Json] = []
    if offered:
        boxes = {
            "type": "checkboxes",
            "action_id": "value",
            "options": [
                {"text": _plain(one_line(file.name, MOST_NAME)), "value": file.id}
                for file in offered
            ],
        }
        label = text("triage.reply.ticked", language)
        blocks.append(_input(TICKED, label, boxes) | {"optional": True})
    chooser = {
        "type": "file_input",
        "action_id": "value",
        "filetypes": sorted({end.lstrip(".") for end in limits.extensions}),
        "max_files": limits.count,
    }
    label = text("triage.reply.added", language)
    blocks.append(_input(ADDED, label, chooser) | {"optional": True})
    blocks.append(_context(text("triage.reply.files_hint", language)))
    return blocks


def chosen_files(view: Json) -> tuple[SlackFile, ...]:
    """What was ticked and what was added, each once."""
    values = (view.get("state") or {}).get("values") or {}
    ticked = _field(values, TICKED).get("selected_options") or ()
    added = _field(values, ADDED).get("files") or ()
    found = [SlackFile(str(one.get("value")), "", 0, None) for one in ticked]
    found += [read_file(one) for one in added]
    return tuple({file.id: file for file in found}.values())


def value_of(view: Json) -> str:
    """What was typed or chosen."""
    found = _field((view.get("state") or {}).get("values") or {}, "value")
    option = found.get("selected_option")
    return str(option["value"] if isinstance(option, dict) else found.get("value") or "")


def _field(values: Json, block: str) -> Json:
    return (values.get(block) or {}).get("value") or {}


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
    if place.is_direct:
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
        return modal(text("triage.assign.title", language), nobody, language, can_submit=False)
    options = [{"text": _plain(one.name[:75]), "value": one.id} for one in others]
    select = {
        "type": "input",
        "block_id": "value",
        "label": _plain(text("triage.assign.label", language)),
        "element": {"type": "static_select", "action_id": "value", "options": options},
    }
    return modal(text("triage.assign.title", language), [select], language, can_submit=True)


def modal(title: str, blocks: list[Json], language: str, *, can_submit: bool) -> Json:
    """A window."""
    view: Json = {
        "type": "modal",
        "title": _plain(title),
        "close": _plain(text("triage.button.cancel", language)),
        "blocks": blocks,
    }
    if can_submit:
        view["submit"] = _plain(text("triage.button.send", language))
    return view


def note_view(title: str, words: str, language: str) -> Json:
    """A window that only says something."""
    return modal(title, [_section(escape(words))], language, can_submit=False)


def _input(block: str, label: str, element: Json) -> Json:
    return {"type": "input", "block_id": block, "label": _plain(label), "element": element}


def _section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def _context(words: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}
