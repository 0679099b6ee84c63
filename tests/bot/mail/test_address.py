"""One address, or none: no header, no second recipient, no name can come through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.address import clean_address


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("jan@example.com", "jan@example.com"),
        ("  Jan.Kowalski+desk@Example.COM ", "Jan.Kowalski+desk@example.com"),
        ("jan@żółw.example.pl", "jan@xn--w-uga1v8h.example.pl"),
        ("o'neil@example.co.uk", "o'neil@example.co.uk"),
    ],
)
def test_an_address_is_taken(typed: str, found: str) -> None:
    assert clean_address(typed) == found


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "jan",
        "@example.com",
        "jan@",
        "jan@localhost",
        "jan@@example.com",
        "jan@example.com, eve@example.com",
        "jan@example.com eve@example.com",
        "Jan <jan@example.com>",
        "jan@example.com\nBcc: eve@example.com",
        "jan@example.com\r\nSubject: x",
        "jan\x00@example.com",
        ".jan@example.com",
        "ja..n@example.com",
        "jan@-example.com",
        "jan@example..com",
        "jan@127.0.0.1",
        "żółw@example.com",
        "a" * 65 + "@example.com",
        "jan@" + "a." * 130 + "com",
    ],
)
def test_anything_else_is_not(typed: str) -> None:
    assert clean_address(typed) is None


@given(st.text(), st.text(), st.sampled_from(["\r\n", "\n", "\r", " ", ",", ";", "<", "\x00"]))
def test_nothing_that_ends_a_header_or_adds_a_recipient_survives(
    before: str, after: str, bad: str
) -> None:
    found = clean_address(f"{before}@{after}.com")
    assert found is None or not set(found) & set('\r\n ,;<>\x00"()')
    assert clean_address(f"jan{bad}eve@example.com") is None
