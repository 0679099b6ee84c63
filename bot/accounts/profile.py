"""What an admin says of an account, checked. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.accounts.errors import BadDesks, BadEmail, BadLanguages, BadName, BadRole, BadSkills
from bot.accounts.permissions import Role
from bot.mail.address import clean_address
from bot.texts import LANGUAGES

MAX_NAME = 80
MAX_SKILLS = 20
MAX_SKILL = 40


@dataclass(frozen=True)
class Profile:
    """An account but for its address, its password and its picture."""

    name: str
    role: Role
    desks: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]


def read_profile(
    *,
    name: str,
    role: str,
    desks: Sequence[str],
    skills: str,
    languages: Sequence[str],
    known_desks: Collection[str],
) -> Profile:
    """From the fields of a form (`skills` has commas between them); raises what is bad."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise BadName
    if role not in list(Role):
        raise BadRole
    if not desks or not set(desks) <= set(known_desks):
        raise BadDesks
    if not languages or not set(languages) <= set(LANGUAGES):
        raise BadLanguages
    return Profile(
        name=name,
        role=Role(role),
        desks=tuple(desk for desk in known_desks if desk in desks),
        skills=read_skills(skills),
        languages=tuple(one for one in LANGUAGES if one in languages),
    )


def read_skills(words: str) -> tuple[str, ...]:
    """Each once, in small letters, so that routing need not guess; raises BadSkills."""
    found = (" ".join(word.split()).casefold() for word in words.split(","))
    skills = tuple(dict.fromkeys(skill for skill in found if skill))
    fits = len(skills) <= MAX_SKILLS and all(
        len(skill) <= MAX_SKILL and skill.isprintable() for skill in skills
    )
    if not fits:
        raise BadSkills
    return skills


def read_email(typed: str) -> str:
    """The address of a new account; raises BadEmail."""
    email = clean_address(typed)
    if email is None:
        raise BadEmail
    return email.lower()
