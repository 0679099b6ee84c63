"""Agents' words on a page: only the tags of the subset, whatever was written."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup.html import as_html

PAYLOADS = Path("tests/browser/xss_payloads.txt").read_text("utf-8").splitlines()
TAGS = {"p", "pre", "code", "ul", "ol", "li", "strong", "em", "a"}
ATTRIBUTES = {"href", "target", "rel", "start"}


class Reader(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES
            assert name != "href" or (value or "").startswith(("http://", "https://"))


def read(html: str) -> None:
    Reader().feed(html)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_known_attack_makes_a_tag(payload: str) -> None:
    for words in (payload, f"**{payload}**", f"[{payload}](https://a.example)", f"- {payload}"):
        read(as_html(words))
    read(as_html(f"[x]({payload}) [x](https://a.example/{payload})"))


@given(st.text(alphabet="<>\"'&=*_`[]() \n-/:https\\", max_size=80))
def test_no_text_makes_another_tag(text: str) -> None:
    read(as_html(text))


def test_it_reads_as_it_was_meant() -> None:
    assert as_html("Hi *Ola*:\n- a < b\n\n```\n<i>\n```") == (
        "<p>Hi <em>Ola</em>:</p><ul><li>a &lt; b</li></ul><pre><code>&lt;i&gt;</code></pre>"
    )
