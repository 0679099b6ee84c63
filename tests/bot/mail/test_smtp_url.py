"""The mail server's address: what can be meant, and refusals that repeat nothing of it."""

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from bot.smtp_url import Encryption, SmtpPlace, parse_sender, parse_smtp_url


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("smtp://mail.example", SmtpPlace("mail.example", 587, Encryption.STARTTLS)),
        ("smtps://mail.example", SmtpPlace("mail.example", 465, Encryption.TLS)),
        ("smtp+plain://127.0.0.1:2525", SmtpPlace("127.0.0.1", 2525, Encryption.NONE)),
        (
            "smtp://me%40x:p%2F%40@mail.example:25",
            SmtpPlace("mail.example", 25, Encryption.STARTTLS, "me@x", "p/@"),
        ),
    ],
)
def test_what_can_be_meant(url: str, place: SmtpPlace) -> None:
    assert parse_smtp_url(url) == place
    assert "p/@" not in repr(place)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:587",
        "http://mail.example",
        "smtp://",
        "smtp://hunter2:hunter2@mail.example:99999",
        "smtp://hunter2:hunter2@mail.example/path",
        "smtp://hunter2@mail.example",
        "smtp+plain://desk:hunter2@mail.example",
    ],
)
def test_what_cannot_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|needs") as refusal:
        parse_smtp_url(url)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("sender", ["desk", "desk@localhost", "a@b.c\nBcc: d@e.f", "ó@b.example"])
def test_a_sender_must_be_an_address(sender: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        parse_sender(sender)


def test_a_sender_may_have_a_name() -> None:
    sender = parse_sender("Acme Help <help@acme.example>")
    assert (sender.display_name, sender.addr_spec) == ("Acme Help", "help@acme.example")


def test_both_settings_belong_together() -> None:
    with pytest.raises(ValidationError, match="belong together"):
        Settings(smtp_url="smtp://mail.example")
    with pytest.raises(ValidationError, match="belong together"):
        Settings(smtp_from="desk@acme.example")
