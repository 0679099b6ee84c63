"""A message of the desk as the pieces that Telegram shows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channel import Attachment, AuthorKind, Button, Card, OutboundMessage
from bot.texts import text
from connectors.telegram import keyboard, rich
from connectors.telegram.rich import MOST_CAPTION, Span

MOST_BUTTON = 60  # characters that a phone shows of a button in a row of its own
SHORT_BUTTON = 14
IN_A_ROW = 3
SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Key:
    """A button: what it shows, and what it sends back or where it leads."""

    title: str
    data: str | None = None
    url: str | None = None


Rows = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True)
class Piece:
    """One message of Telegram's. `photo`: an address; `file`: one of the desk's."""

    html: str = ""
    plain: str = ""
    photo: str | None = None
    file: Attachment | None = None
    keys: Rows = ()
    offers_phone: bool = False  # a button that shares the number
    offers_bot: bool = False  # one that says that they would rather talk to the bot again
    removes_keyboard: bool = False
    expects_reply: bool = False  # to this very message


def compose(message: OutboundMessage) -> list[Piece]:
    """Everything of it, in order; buttons stand under the last piece that is the message's own."""
    said = _spans(message)
    found: list[Piece] = []
    if message.image:
        found += _with_caption(said, photo=message.image)
    elif said:
        found += _words(said)
    found += [Piece(file=file) for file in message.attachments]
    if message.author.kind is AuthorKind.AGENT and not said and message.attachments:
        name = [Span(message.author.name or "", bold=True)]
        found[0] = replace(found[0], html=rich.as_html(name), plain=rich.as_text(name))
    if message.buttons:
        rows = _rows(message, message.buttons, start=0)
        found = found or [Piece(html="⬇️", plain="⬇️")]
        found[-1] = replace(found[-1], keys=rows)
    index = len(message.buttons)
    for card in message.cards:
        found += _card(message, card, index)
        index += len(card.buttons)
    return found


def without_file(piece: Piece, language: str) -> Piece:
    """The same, with words in the place of its file."""
    name = piece.file.name if piece.file else ""
    lost = text("telegram.file_missing", language, name=name)
    plain = "\n".join(filter(None, (piece.plain, lost)))
    html = "\n".join(filter(None, (piece.html, rich.escape(lost))))
    return replace(piece, file=None, plain=plain, html=html)


def survey(conversation: str, parts: Sequence[str], language: str, given: dict[str, int]) -> Piece:
    """Five stars for the next part that is not rated yet."""
    part = next(part for part in parts if part not in given)
    words = text(f"telegram.survey.{part if len(parts) > 1 else 'whole'}", language)
    stars = tuple(
        Key(f"{score} ⭐", keyboard.scores(conversation, {**given, part: score}))
        for score in SCORES
    )
    return Piece(html=rich.escape(words), plain=words, keys=(stars,))


def _spans(message: OutboundMessage) -> list[Span]:
    if not message.text:
        return []
    if message.author.kind is not AuthorKind.AGENT:
        return rich.plain(message.text)
    name = message.author.name
    lead = [Span(name, bold=True), Span("\n")] if name else []
    return [*lead, *rich.marked(message.text)]


def _words(spans: Sequence[Span], limit: int = rich.MOST_TEXT) -> list[Piece]:
    return [Piece(rich.as_html(part), rich.as_text(part)) for part in rich.split(spans, limit)]


def _with_caption(spans: Sequence[Span], *, photo: str) -> list[Piece]:
    """The words under the picture; what does not fit there follows as a message."""
    cut = rich.split(spans, rich.MOST_TEXT, first=MOST_CAPTION)
    first, rest = (cut[0], cut[1:]) if cut else ([], [])
    following = [Piece(rich.as_html(part), rich.as_text(part)) for part in rest]
    return [Piece(rich.as_html(first), rich.as_text(first), photo=photo), *following]


def _card(message: OutboundMessage, card: Card, index: int) -> list[Piece]:
    spans = [Span(card.title, bold=True)]
    if card.text:
        spans += [Span("\n"), Span(card.text)]
    found = _with_caption(spans, photo=card.image) if card.image else _words(spans)
    rows = _rows(message, card.buttons, start=index)
    if card.link:
        rows = (*rows, (Key(card.link.title, url=card.link.url),))
    found[-1] = replace(found[-1], keys=rows)
    return found


def _rows(message: OutboundMessage, buttons: Sequence[Button], *, start: int) -> Rows:
    """Short ones side by side, others below each other."""
    keys = [
        Key(_title(button.title), keyboard.choice(message.conversation, message.seq, start + n))
        for n, button in enumerate(buttons)
    ]
    if keys and len(keys) <= IN_A_ROW and all(len(key.title) <= SHORT_BUTTON for key in keys):
        return (tuple(keys),)
    return tuple((key,) for key in keys)


def _title(words: str) -> str:
    return words if len(words) <= MOST_BUTTON else f"{words[: MOST_BUTTON - 1]}…"
