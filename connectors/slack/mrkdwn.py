"""Our Markdown as Slack's mrkdwn, escaped, in pieces that fit. Pure.

What anybody wrote can never ping: `<`, `>` and `&` are escaped, so no mention of Slack's can
arise from it, and blocks are `verbatim`, so Slack looks for none in `@here` either.
"""

import re

FENCE = "```"
_CODE_BLOCK = re.compile(r"^```[^\n`]*\n(.*?)(?:\n```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|\[(?P<title>[^\]\n]+)\]\((?P<target>https?://[^\s)]+|mailto:[^\s)]+)\)"
    r"|(?P<url>https?://[^\s<>|\"'\]]+)"
    r"|\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*"
    r"|(?<![\w*])\*(?P<italic>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|~~(?P<gone>[^\s~](?:[^~\n]*[^\s~])?)~~"
)
_LINE_START = re.compile(r"^(?P<indent>[ \t]*)(?:(?P<head>#{1,6})[ \t]+|(?P<item>[-*+])[ \t]+)")
_PIECES = re.compile(r"<[^<>\n]*>|\s+|[^\s<]+|<")
_ATOMS = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)
_ENDS_A_SENTENCE = ".,;:!?)"


def escape(words: str) -> str:
    """The three characters that mean something to Slack."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_mrkdwn(markdown: str, *, most: int) -> list[str]:
    """Pieces of mrkdwn of up to `most` characters, in order; none for nothing."""
    pieces: list[str] = []
    end = 0
    for block in _CODE_BLOCK.finditer(markdown):
        pieces += _text_pieces(markdown[end : block.start()], most)
        pieces += _code_pieces(block[1], most)
        end = block.end()
    pieces += _text_pieces(markdown[end:], most)
    return _joined(pieces, most)


def _text_pieces(markdown: str, most: int) -> list[str]:
    words = markdown.strip("\n")
    if not words.strip():
        return []
    return _split("\n".join(map(_line, words.split("\n"))), most)


def _code_pieces(code: str, most: int) -> list[str]:
    room = most - 2 * len(FENCE) - 2
    parts = _split(escape(code.strip("\n")), room)
    return [f"{FENCE}\n{part}\n{FENCE}" for part in parts]


def _line(line: str) -> str:
    start = _LINE_START.match(line)
    if start is None:
        quote = re.match(r"^>[ \t]?", line)
        return f"> {_inline(line[quote.end() :])}" if quote else _inline(line)
    rest = _inline(line[start.end() :])
    if start["head"]:
        return f"*{rest.replace('*', '')}*"
    return f"{start['indent']}• {rest}"


def _inline(words: str) -> str:
    parts, end = [], 0
    for found in _INLINE.finditer(words):
        parts.append(escape(words[end : found.start()]))
        parts.append(_marked(found))
        end = found.end()
    parts.append(escape(words[end:]))
    return "".join(parts)


def _marked(found: re.Match[str]) -> str:
    if found["code"]:
        return escape(found["code"])
    if found["title"]:
        return f"<{_address(found['target'])}|{escape(found['title']).replace('|', '¦')}>"
    if found["url"]:
        url = found["url"].rstrip(_ENDS_A_SENTENCE)
        return f"<{_address(url)}>{escape(found['url'][len(url) :])}"
    if found["bold"]:
        return f"*{_inline(found['bold'])}*"
    if found["italic"]:
        return f"_{_inline(found['italic'])}_"
    return f"~{_inline(found['gone'])}~"


def _address(url: str) -> str:
    return escape(url).replace("|", "%7C")


def _split(text: str, most: int) -> list[str]:
    """At the ends of lines, else between words, else anywhere but within an entity."""
    pieces: list[str] = []
    current = ""
    for line in text.split("\n"):
        for part in _fitting(line, most):
            joined = f"{current}\n{part}" if current else part
            if len(joined) <= most:
                current = joined
            else:
                pieces.append(current)
                current = part
    if current.strip():
        pieces.append(current)
    return [piece for piece in pieces if piece.strip()]


def _fitting(line: str, most: int) -> list[str]:
    if len(line) <= most:
        return [line]
    parts, current = [], ""
    for found in _PIECES.finditer(line):
        piece = found[0]
        atoms = [piece] if len(piece) <= most else _ATOMS.findall(piece)
        for atom in atoms:
            if len(current) + len(atom) > most:
                parts.append(current.rstrip())
                current = ""
            current += atom
    return [*parts, current]


def _joined(pieces: list[str], most: int) -> list[str]:
    """Neighbours that fit together are one."""
    joined: list[str] = []
    for piece in pieces:
        if joined and len(joined[-1]) + 1 + len(piece) <= most:
            joined[-1] += f"\n{piece}"
        else:
            joined.append(piece)
    return joined
