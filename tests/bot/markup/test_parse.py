"""The Markdown subset: what is marked, what is not, and that nothing gets lost or out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    parse,
    plain,
)
from tests.bot.markup.cases import CASES, block_as_json

SIGNS = st.text(alphabet="*_`[]()\\ \n-1.•ab/:hłtps<>&\"'\u202e😀", max_size=60)


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["text"])[:40])
def test_each_case_means_what_the_file_says(case: dict[str, Any]) -> None:
    assert [block_as_json(block) for block in parse(case["text"])] == case["blocks"]


@given(SIGNS)
def test_any_text_is_a_message_and_no_part_holds_itself(text: str) -> None:
    for block in parse(text):
        for line in lines_of(block):
            check(line, inside=frozenset())


@given(st.text(alphabet="ab \n<>&\"'ł😀", max_size=60))
def test_words_without_marks_stay_as_they_are(text: str) -> None:
    assert plain(text).split() == text.split()


@given(SIGNS)
def test_letters_are_never_lost(text: str) -> None:
    def letters(words: str) -> str:
        return "".join(sign for sign in words if sign.isalpha())

    for block in parse(text):
        if any(isinstance(part, Link) for line in lines_of(block) for part in deep(line)):
            return  # a title that lies is dropped on purpose
        if isinstance(block, CodeBlock):
            return  # as is the name of its language
    assert letters(plain(text)) == letters(text)


@pytest.mark.parametrize(
    "nasty",
    ["*a ", "**a _b ", "[", "`a", "[a](", "```\n", "- ", "_*", "[a](https://x(a)", "\\", "1. a\n"],
)
def test_twenty_thousand_signs_are_no_trouble(nasty: str) -> None:
    """A parser that goes back over its text would still be at it when the tests are stopped."""
    parse(nasty * (20_000 // len(nasty)))


def test_without_marks_a_link_shows_its_address() -> None:
    message = "**See** [our returns](https://shop.example/r):\n\n1. *pack*\n2. `send`"
    assert plain(message) == "See our returns (https://shop.example/r):\n\n1. pack\n2. send"


def lines_of(block: Block) -> list[tuple[Inline, ...]]:
    match block:
        case CodeBlock():
            return []
        case Bullets(items) | Numbers(items):
            return list(items)
        case _:
            return [block.parts]


def deep(parts: tuple[Inline, ...]) -> list[Inline]:
    found: list[Inline] = []
    for part in parts:
        found.append(part)
        if isinstance(part, Bold | Italic):
            found += deep(part.parts)
    return found


def check(parts: tuple[Inline, ...], *, inside: frozenset[type]) -> None:
    for part in parts:
        assert type(part) not in inside
        match part:
            case Bold(inner) | Italic(inner):
                assert inner
                check(inner, inside=inside | {type(part)})
            case Link(title, url):
                assert url.startswith(("http://", "https://"))
                assert title
            case Text(text) | Code(text):
                assert text
