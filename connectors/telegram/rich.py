"""From our Markdown subset to Telegram's HTML, in pieces that Telegram takes. Pure.

A message becomes spans (words with a style), the spans are cut into pieces of bounded length, and
each piece is written as HTML of its own: so no cut can leave a tag open, and no input can make one.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot import markup
from connectors.telegram.entities import units

MOST_TEXT = 4096  # UTF-16 units, after Telegram has read the tags
MOST_CAPTION = 1024
# Where a text is cut, best first.
BREAKS = ("\n\n", "\n", ". ", " ")
JOINERS = "\u200d\ufe0f\ufe0e\u20e3"


@dataclass(frozen=True)
class Span:
    """Words with their style. `pre`: a block of code; `url`: where they lead."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    pre: bool = False
    url: str | None = None


def marked(words: str) -> list[Span]:
    """What an agent wrote: in the subset of docs/markup.md."""
    spans: list[Span] = []
    for number, block in enumerate(markup.parse(words)):
        if number:
            spans.append(Span("\n\n"))
        spans += _block(block)
    return spans


def plain(words: str) -> list[Span]:
    """What anybody else wrote: as it is. Telegram makes links of addresses by itself."""
    return [Span(words)]


def _block(block: markup.Block) -> Iterable[Span]:
    match block:
        case markup.Paragraph(parts=parts):
            return _inline(parts)
        case markup.CodeBlock(text=words):
            return [Span(words, pre=True)]
        case markup.Bullets(items=items):
            return _listed([("• ", item) for item in items])
        case markup.Numbers(items=items, first=first):
            return _listed([(f"{first + n}. ", item) for n, item in enumerate(items)])


def _listed(items: Sequence[tuple[str, Sequence[markup.Inline]]]) -> Iterable[Span]:
    for place, (sign, parts) in enumerate(items):
        yield Span(sign if place == 0 else f"\n{sign}")
        yield from _inline(parts)


def _inline(parts: Sequence[markup.Inline], style: Span = Span("")) -> Iterable[Span]:
    for one in parts:
        match one:
            case markup.Text(text=words):
                yield replace(style, text=words)
            case markup.Bold(parts=inner):
                yield from _inline(inner, replace(style, bold=True))
            case markup.Italic(parts=inner):
                yield from _inline(inner, replace(style, italic=True))
            case markup.Code(text=words):
                yield replace(style, text=words, code=True)
            case markup.Link(title=title, url=url):
                yield replace(style, text=title, url=url)


def pieces(spans: Sequence[Span], limit: int = MOST_TEXT, first: int | None = None) -> list[str]:
    """As HTML, none longer than `limit` UTF-16 units when read; `first`: if that is shorter."""
    return [as_html(piece) for piece in split(spans, limit, first)]


def split(
    spans: Sequence[Span], limit: int = MOST_TEXT, first: int | None = None
) -> list[list[Span]]:
    """Cut at paragraphs where that is possible, and never within a letter."""
    left, found = [span for span in spans if span.text], []
    room = first or limit
    while left:
        words = "".join(span.text for span in left)
        cut = _cut(words, room)
        head, left = _divide(left, cut)
        head, left = _trimmed(head), _without_lead(left)
        if head:
            found.append(head)
        room = limit
    return found


def as_html(spans: Sequence[Span]) -> str:
    """In Telegram's HTML."""
    return "".join(_tagged(span) for span in spans)


def as_text(spans: Sequence[Span]) -> str:
    """Without any style; where a link leads is said."""
    return "".join(
        f"{span.text} ({span.url})" if span.url and span.url != span.text else span.text
        for span in spans
    )


def escape(words: str) -> str:
    """Nothing in it is a tag any more."""
    clean = "".join(letter for letter in words if not "\ud800" <= letter <= "\udfff")
    clean = clean.replace("\x00", "")
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tagged(span: Span) -> str:
    html = escape(span.text)
    if span.pre:
        return f"<pre>{html}</pre>"
    if span.code:
        html = f"<code>{html}</code>"
    if span.italic and not span.code:
        html = f"<i>{html}</i>"
    if span.bold and not span.code:
        html = f"<b>{html}</b>"
    if span.url is not None and not span.code:
        html = f'<a href="{escape(span.url).replace(chr(34), "&quot;")}">{html}</a>'
    return html


def _cut(words: str, room: int) -> int:
    """How many characters of it fit, up to the best place to break."""
    if units(words) <= room:
        return len(words)
    most, used = 0, 0
    for letter in words:
        used += 2 if letter > "\uffff" else 1
        if used > room:
            break
        most += 1
    for sign in BREAKS:
        at = words.rfind(sign, 0, most)
        # A piece of a few words would look like a mistake.
        if at > most // 3:
            return at + len(sign)
    return _between_letters(words, most) or max(most, 1)


def _between_letters(words: str, at: int) -> int:
    """The nearest place before `at` that is not within what a reader sees as one sign."""
    while at > 0 and (_continues(words[at]) or words[at - 1] == "\u200d"):
        at -= 1
    return at


def _continues(letter: str) -> bool:
    skin = "\U0001f3fb" <= letter <= "\U0001f3ff"
    return skin or letter in JOINERS or unicodedata.combining(letter) != 0


def _divide(spans: Sequence[Span], at: int) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    for place, span in enumerate(spans):
        if len(span.text) > at:
            rest = [replace(span, text=span.text[at:]), *spans[place + 1 :]]
            return [*head, *([replace(span, text=span.text[:at])] if at else [])], rest
        head.append(span)
        at -= len(span.text)
    return head, []


def _trimmed(spans: list[Span]) -> list[Span]:
    """Without white space at its end; Telegram drops it anyway."""
    while spans:
        last = replace(spans[-1], text=spans[-1].text.rstrip())
        if last.text:
            return [*spans[:-1], last]
        spans = spans[:-1]
    return spans


def _without_lead(spans: list[Span]) -> list[Span]:
    while spans:
        first = replace(spans[0], text=spans[0].text.lstrip("\n "))
        if first.text:
            return [first, *spans[1:]]
        spans = spans[1:]
    return spans
