"""From our Markdown subset to Telegram's HTML: nothing that is written can break it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram.entities import Entity, readable, units
from connectors.telegram.rich import MOST_TEXT, Span, as_html, as_text, marked, plain, split

TAGS = {"b", "i", "code", "pre", "a"}
SIGNS = st.sampled_from(
    [
        *"*_`[]()<>&\"'\\ \n-.1aż🙂",
        "**",
        "```\n",
        "\n\n",
        "- ",
        "1. ",
        "](https://a.example/?x=1&y=2)",
    ]
)
SIGNS |= st.sampled_from(
    ["\u0301", "\u200d", "👩‍👧", "🇵🇱", "\u202e", "\x00", "\ud83d", "</b>", "&amp;"]
)
WORDS = st.lists(SIGNS, max_size=120).map("".join) | st.text(max_size=200)


class Strict(HTMLParser):
    """As strict as Telegram: known tags, closed in order, no stray sign."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"unknown tag {tag}"
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        assert not {"pre", "code"} & set(self.open), "nothing nests in code"
        assert tag not in self.open, "no tag in itself"
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes nothing"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        assert not set(data) & set("<>&"), f"stray sign in {data!r}"
        self.words += data

    def handle_entityref(self, name: str) -> None:
        self.words += {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[name]

    def handle_charref(self, name: str) -> None:
        raise AssertionError(name)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


@given(WORDS)
def test_any_text_becomes_html_that_telegram_takes(words: str) -> None:
    for spans in (marked(words), plain(words)):
        Strict(as_html(spans))


@given(WORDS, st.integers(min_value=2, max_value=60))
def test_pieces_are_short_enough_balanced_and_lose_no_letter(words: str, limit: int) -> None:
    spans = marked(words)
    whole = "".join(Strict(as_html(spans)).words.split())
    parts = [Strict(as_html(piece)).words for piece in split(spans, limit)]
    assert all(0 < units(part) <= limit for part in parts if part.strip("\ufffd"))
    assert "".join("".join(parts).split()) == whole


@given(st.text(max_size=300))
def test_plain_words_stay_as_they_are(words: str) -> None:
    said = Strict(as_html(plain(words))).words
    assert said == words.replace("\x00", "")


def test_each_mark_has_its_tag() -> None:
    html = as_html(marked("**bold** *it* `a<b` [shop & co](https://shop.example/?a=1&b=2)"))
    assert html == (
        "<b>bold</b> <i>it</i> <code>a&lt;b</code> "
        '<a href="https://shop.example/?a=1&amp;b=2">shop &amp; co</a>'
    )
    assert as_html(marked("- one\n- **two**\n\n1. a\n2. b\n\n```\nx < y\n```")) == (
        "• one\n• <b>two</b>\n\n1. a\n2. b\n\n<pre>x &lt; y</pre>"
    )
    assert as_html(plain("**not bold** <b>")) == "**not bold** &lt;b&gt;"


def test_without_html_a_link_still_says_where_it_leads() -> None:
    assert as_text(marked("[here](https://shop.example) https://a.example")) == (
        "here (https://shop.example) https://a.example"
    )


def test_a_long_text_is_cut_at_paragraphs() -> None:
    paragraphs = [f"{n}. " + "word " * 150 for n in range(12)]
    parts = split(plain("\n\n".join(paragraphs)), MOST_TEXT)
    assert len(parts) == 3
    for part in parts:
        words = as_text(part)
        assert units(words) <= MOST_TEXT
        assert words[0].isdigit()
        assert words.endswith("word")


def test_4097_characters_of_emoji_are_cut_between_emoji() -> None:
    family = "👩‍👧"
    parts = split(plain(family * 4097), MOST_TEXT)
    words = [as_text(part) for part in parts]
    assert "".join(words) == family * 4097
    assert all(word == family * (len(word) // len(family)) for word in words)
    assert max(units(word) for word in words) <= MOST_TEXT
    assert as_html(split(plain("🙂" * 4097), MOST_TEXT)[0]) == "🙂" * 2048


def test_zalgo_of_one_letter_is_cut_somewhere_rather_than_never() -> None:
    parts = split(plain("a" + "\u0301" * 9000), MOST_TEXT)
    assert all(units(as_text(part)) <= MOST_TEXT for part in parts)
    assert len(parts) == 3


def test_bold_words_that_are_cut_are_bold_on_both_sides() -> None:
    parts = split([Span("word " * 10, bold=True)], 30)
    assert [as_html(part) for part in parts] == [
        f"<b>{'word ' * 6}".rstrip() + "</b>",
        f"<b>{'word ' * 4}".rstrip() + "</b>",
    ]


@pytest.mark.parametrize(
    ("words", "marks", "read"),
    [
        (
            "go here",
            [Entity("text_link", 3, 4, "https://a.example")],
            "go here (https://a.example)",
        ),
        ("🙂🙂 x", [Entity("text_link", 5, 1, "https://a.example")], "🙂🙂 x (https://a.example)"),
        (
            "https://a.example",
            [Entity("text_link", 0, 17, "https://a.example")],
            "https://a.example",
        ),
        ("short", [Entity("text_link", 3, 99, "https://a.example")], "short"),
    ],
)
def test_links_in_what_customers_write_are_spelt_out(
    words: str, marks: list[Entity], read: str
) -> None:
    assert readable(words, marks) == read
