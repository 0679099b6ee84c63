"""A message of the desk as posts of Block Kit, with a plain text for notifications. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.channel import AuthorKind, Button, Card, OutboundMessage, says_helpful
from bot.markup import plain
from bot.texts import text
from connectors.slack.mrkdwn import escape, link, plain_to_mrkdwn, to_mrkdwn

SECTION, BLOCKS, POST, FALLBACK = 3000, 48, 11_000, 3000
TITLE, ROW, CARD_TITLE = 75, 5, 300
# Action ids; those of quick replies go on with their number.
REPLY, SOLVED, STUCK, PERSON = "reply:", "solved", "stuck", "person"

# `Any`: a block is a JSON object, as Slack documents it.
Block = dict[str, Any]


@dataclass(frozen=True)
class Post:
    """One post: what notifications say, and what is seen."""

    text: str
    blocks: tuple[Block, ...]


def posts_of(message: OutboundMessage) -> list[Post]:
    """The message in as many posts as it takes; none when only files are left of it."""
    groups: list[list[Block]] = [[]]
    size = 0
    for block in _blocks(message):
        length = len(json.dumps(block, ensure_ascii=False))
        if groups[-1] and (len(groups[-1]) >= BLOCKS or size + length > POST):
            groups.append([])
            size = 0
        groups[-1].append(block)
        size += length
    fallback = fallback_of(message)
    return [Post(fallback, tuple(group)) for group in groups if group]


def fallback_of(message: OutboundMessage) -> str:
    """Its words without any markup, as notifications and screen readers tell them."""
    titles = [card.title for card in message.cards]
    names = [file.name for file in message.attachments]
    is_agents = message.author.kind is AuthorKind.AGENT
    said = plain(message.text) if is_agents else message.text
    words = said or ", ".join([*titles, *names])
    by = message.author.name if is_agents else None
    whole = escape(f"{by}: {words}" if by else words)
    return whole if len(whole) <= FALLBACK else f"{whole[: FALLBACK - 1]}…"


def buttons_of(message: OutboundMessage) -> list[Button]:
    """Everything in it that may be pressed, in the order of its numbers."""
    return [*message.buttons, *(button for card in message.cards for button in card.buttons)]


def section(words: str) -> Block:
    """mrkdwn in which Slack looks for nothing that we did not mark."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}


def context(words: str) -> Block:
    """A small line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words, "verbatim": True}]}


def button(title: str, action: str, value: str, *, style: str | None = None) -> Block:
    """A button; a title that is too long is cut."""
    shown = title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"
    element: Block = {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": shown or "…", "emoji": True},
        "value": value,
    }
    return element | ({"style": style} if style else {})


def _blocks(message: OutboundMessage) -> Iterator[Block]:
    author = message.author
    if author.kind is AuthorKind.AGENT and author.name:
        yield context(f"*{escape(author.name)}*")
    convert = to_mrkdwn if author.kind is AuthorKind.AGENT else plain_to_mrkdwn
    for words in convert(message.text, most=SECTION):
        yield section(words)
    if message.image is not None:
        yield _picture(message.image, message.language)
    number = len(message.buttons)
    for card in message.cards:
        yield from _card(card, message, number)
        number += len(card.buttons)
    yield from _rows(_choices(message))


def _picture(url: str, language: str) -> Block:
    return section(link(text("slack.picture", language), url))


def _card(card: Card, message: OutboundMessage, first: int) -> Iterator[Block]:
    yield section(f"*{escape(card.title[:CARD_TITLE])}*")
    for piece in plain_to_mrkdwn(card.text, most=SECTION):
        yield section(piece)
    if card.link is not None:
        yield section(link(card.link.title[:CARD_TITLE], card.link.url))
    if card.image is not None:
        yield _picture(card.image, message.language)
    numbered = enumerate(card.buttons, start=first)
    yield from _rows([_reply(message, number, choice) for number, choice in numbered])


def _choices(message: OutboundMessage) -> list[Block]:
    """Quick replies; «Was this helpful?» asks in three words of Slack's own."""
    if any(says_helpful(choice.payload) is not None for choice in message.buttons):
        value, language = value_of(message, 0), message.language
        return [
            button(text("slack.solved", language), SOLVED, value, style="primary"),
            button(text("slack.still_stuck", language), STUCK, value),
            button(text("button.person", language), PERSON, value),
        ]
    return [_reply(message, number, choice) for number, choice in enumerate(message.buttons)]


def _reply(message: OutboundMessage, number: int, choice: Button) -> Block:
    return button(choice.title, f"{REPLY}{number}", value_of(message, number))


def value_of(message: OutboundMessage, number: int) -> str:
    """Which button of which message: the desk itself knows what it stands for."""
    return json.dumps({"c": message.conversation, "s": message.seq, "n": number})


def _rows(elements: list[Block]) -> Iterator[Block]:
    for start in range(0, len(elements), ROW):
        yield {"type": "actions", "elements": elements[start : start + ROW]}
