"""Who somebody is in Slack: name, address, language, and whether they belong to us."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channel import supported
from connectors.slack.calls import Calls
from connectors.slack.faults import Refused, SlackFault

KEPT_SECONDS = 600.0
MOST_KEPT = 5000


@dataclass(frozen=True)
class Person:
    """A member as their profile tells it."""

    id: str
    name: str
    email: str | None = None
    zone: str | None = None  # as "Europe/Warsaw"
    language: str = "en"
    is_guest: bool = False
    is_external: bool = False  # of another organization (Slack Connect)
    is_bot: bool = False
    is_gone: bool = False  # deactivated


# `Any`: Slack's JSON.
def read_person(user: Mapping[str, Any], workspace: str, enterprise: str | None) -> Person:
    """A `user` object of Slack; whatever is missing or odd in it is as if unknown."""
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"))
    named = next((n.strip() for n in (*names, user.get("name")) if isinstance(n, str) and n), "")
    team, grid = user.get("team_id"), user.get("enterprise_user")
    of_grid = isinstance(grid, dict) and enterprise is not None
    same = team in (None, workspace, enterprise) or (
        of_grid and isinstance(grid, dict) and grid.get("enterprise_id") == enterprise
    )
    email = profile.get("email")
    zone = user.get("tz")
    return Person(
        id=str(user.get("id", "")),
        name=named,
        email=email if isinstance(email, str) and email else None,
        zone=zone if isinstance(zone, str) and zone else None,
        language=supported(str(user.get("locale") or "en")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_external=bool(user.get("is_stranger")) or not same,
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_gone=bool(user.get("deleted")),
    )


class People:
    """Asks Slack, and remembers for a while."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kept: dict[tuple[str, str], tuple[float, Person]] = {}

    async def find(self, team: str, user: str) -> Person:
        """The person; raises what a call raises, but knows nothing of somebody who is not there."""
        until, person = self._kept.get((team, user), (0.0, None))
        if person is not None and time.monotonic() < until:
            return person
        workspace = await self._calls.teams.of(team)
        try:
            said = await self._calls.call(team, "users.info", user=user, include_locale="true")
        except Refused as fault:
            if fault.code not in ("user_not_found", "user_not_visible", "users_not_found"):
                raise
            # Whom our workspace does not know is of another one.
            return Person(user, "", is_external=True)
        found = said.get("user")
        person = read_person(
            found if isinstance(found, dict) else {}, workspace.id, workspace.enterprise
        )
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[team, user] = (time.monotonic() + KEPT_SECONDS, person)
        return person

    async def language(self, team: str, user: str) -> str:
        """Theirs; English when Slack does not say."""
        try:
            return (await self.find(team, user)).language
        except SlackFault:
            return "en"

    def forget(self, team: str, user: str) -> None:
        """Their profile changed."""
        self._kept.pop((team, user), None)
