"""From a message to its parts: paragraphs, lists and blocks of code. Pure.

Any text is a message: what is not of the subset stays as it was written.
"""

import re
from dataclasses import dataclass, field

from bot.markup.inline import inline
from bot.markup.tree import Block, Bullets, CodeBlock, Numbers, Paragraph

_FENCE = re.compile(r" {0,3}```[\w+#.-]{0,30}[ \t]*")
_BULLET = re.compile(r"[ \t]{0,8}[-*•][ \t]+(?=\S)")
_NUMBER = re.compile(r"[ \t]{0,8}(\d{1,3})[.)][ \t]+(?=\S)")
_CONTINUED = re.compile(r"[ \t]{2,}(?=\S)")


@dataclass
class _Lines:
    """What has been read: finished blocks, and the one that goes on."""

    blocks: list[Block] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    first: int | None = None  # of a numbered list

    def end(self) -> None:
        """Whatever comes now does not belong to it any more."""
        if self.paragraph:
            self.blocks.append(Paragraph(inline("\n".join(self.paragraph))))
        if self.items:
            items = tuple(inline(item) for item in self.items)
            numbered = self.first is not None
            self.blocks.append(Numbers(items, self.first or 0) if numbered else Bullets(items))
        self.paragraph, self.items, self.first = [], [], None

    def item(self, words: str, *, number: int | None) -> None:
        """Another item; it begins a list of its own after one of the other kind."""
        if self.paragraph or (self.items and (self.first is None) != (number is None)):
            self.end()
        if not self.items:
            self.first = number
        self.items.append(words)


def parse(message: str) -> tuple[Block, ...]:
    """The message's blocks, in their order; none for an empty one."""
    lines = message.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    read, at = _Lines(), 0
    fences = [number for number, line in enumerate(lines) if _FENCE.fullmatch(line)]
    # In pairs; a last one without a partner is a line as any.
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        for line in lines[at:begin]:
            _take_line(read, line)
        read.end()
        read.blocks.append(CodeBlock("\n".join(lines[begin + 1 : end])))
        at = end + 1
    for line in lines[at:]:
        _take_line(read, line)
    read.end()
    return tuple(read.blocks)


def _take_line(read: _Lines, line: str) -> None:
    if not line.strip():
        read.end()
    elif found := _BULLET.match(line):
        read.item(line[found.end() :], number=None)
    elif found := _NUMBER.match(line):
        read.item(line[found.end() :], number=int(found[1]))
    elif read.items and (found := _CONTINUED.match(line)):
        read.items[-1] += "\n" + line[found.end() :]
    else:
        if read.items:
            read.end()
        read.paragraph.append(line)
