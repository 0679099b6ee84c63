"""What an admin typed becomes an account, or is refused by name."""

from typing import Any

import pytest

from bot.accounts.errors import BadDesks, BadEmail, BadLanguages, BadName, BadRole, BadSkills
from bot.accounts.permissions import Role
from bot.accounts.profile import Profile, read_email, read_profile, read_skills
from bot.errors import FirstlineError

GOOD: dict[str, Any] = {
    "name": "  Ola   Nowak ",
    "role": "lead",
    "desks": ["it-help", "customer-care"],
    "skills": "VIP, zwroty , vip,, ŁĄCZE",
    "languages": ["pl"],
    "known_desks": ["customer-care", "it-help"],
}


def test_a_good_form_becomes_a_profile() -> None:
    assert read_profile(**GOOD) == Profile(
        name="Ola Nowak",
        role=Role.LEAD,
        desks=("customer-care", "it-help"),
        skills=("vip", "zwroty", "łącze"),
        languages=("pl",),
    )


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name", "  ", BadName),
        ("name", "x" * 81, BadName),
        ("name", "Ola\u202egnp.exe", BadName),
        ("role", "owner", BadRole),
        ("role", "", BadRole),
        ("desks", [], BadDesks),
        ("desks", ["customer-care", "elsewhere"], BadDesks),
        ("languages", [], BadLanguages),
        ("languages", ["de"], BadLanguages),
        ("skills", "x" * 41, BadSkills),
        ("skills", ",".join(map(str, range(21))), BadSkills),
    ],
)
def test_what_an_account_cannot_have_is_refused(
    field: str, value: object, fault: type[FirstlineError]
) -> None:
    with pytest.raises(fault):
        read_profile(**(GOOD | {field: value}))


def test_skills_are_told_apart_in_small_letters() -> None:
    assert read_skills("") == ()
    assert read_skills("A  b,a B") == ("a b",)


def test_an_address_must_be_one_that_mail_can_go_to() -> None:
    assert read_email(" Ola@Example.COM ") == "ola@example.com"
    for typed in ("", "ola", "ola@", "a@b.example, c@d.example", "ola@x.example\nBcc: e@f.example"):
        with pytest.raises(BadEmail):
            read_email(typed)
