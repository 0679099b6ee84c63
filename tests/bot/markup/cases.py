"""The cases that the desk's parser and the browser's agree on: `cases.json`, written by hand."""

import json
from pathlib import Path
from typing import Any

from bot.markup import (
    Block,
    Bold,
    Bullets,
    Code,
    CodeBlock,
    Inline,
    Italic,
    Link,
    Numbers,
    Text,
)

FILE = Path(__file__).parent / "cases.json"
# `Any`: JSON as the file has it.
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))


def block_as_json(block: Block) -> dict[str, Any]:
    match block:
        case CodeBlock(text):
            return {"kind": "code_block", "text": text}
        case Bullets(items):
            return {"kind": "bullets", "items": [line_as_json(item) for item in items]}
        case Numbers(items, first):
            made = [line_as_json(item) for item in items]
            return {"kind": "numbers", "items": made, "first": first}
        case _:
            return {"kind": "paragraph", "parts": line_as_json(block.parts)}


def line_as_json(parts: tuple[Inline, ...]) -> list[dict[str, Any]]:
    return [part_as_json(part) for part in parts]


def part_as_json(part: Inline) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"kind": "text", "text": text}
        case Code(text):
            return {"kind": "code", "text": text}
        case Link(title, url):
            return {"kind": "link", "title": title, "url": url}
        case Bold(parts):
            return {"kind": "bold", "parts": line_as_json(parts)}
        case Italic(parts):
            return {"kind": "italic", "parts": line_as_json(parts)}
