"""A file's name can do no harm: where it is shown, where it is saved, where it is read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attachments.names import LONGEST, clean


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Zażółć gęślą jaźń.pdf", "Zażółć gęślą jaźń.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Anna\\bill.pdf", "bill.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069\u200b.png", "a.png"),
        ("a\x00b\r\nc.png", "abc.png"),
        ('say "hi" <b>?.txt', "say hi b.txt"),
        ("", "file"),
        ("...", "file"),
        (".png", "file.png"),
        ("/", "file"),
    ],
)
def test_what_is_kept_of_a_name(sent: str, kept: str) -> None:
    assert clean(sent) == kept


def test_ten_thousand_characters_keep_their_beginning_and_their_end() -> None:
    kept = clean("x" * 10_000 + ".png")
    assert (len(kept), kept[-5:]) == (LONGEST, "x.png")


@given(st.text())
def test_every_name_is_one_short_line_of_text(name: str) -> None:
    kept = clean(name)
    assert 0 < len(kept) <= LONGEST
    assert not set(kept) & set('/\\<>"\r\n\x00\u202e')
    kept.encode()
