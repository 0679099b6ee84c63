"""What the watch looks at: every token, every configured channel, the socket that is closed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.channel import SlackSettings, Workspace
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import PASSING, Limited, NotInstalled, Refused, SlackFault
from connectors.slack.state import ChannelState, Wrong, channel_state

Answer = TypeVar("Answer")
LONGEST_SECONDS = 60.0
REQUESTS, TRIAGE = "requests", "triage"


@dataclass(frozen=True)
class Looked:
    """One subject, and what is wrong with it; `is_known` False: nobody can tell now."""

    subject: str
    desks: tuple[str, ...]
    place: str = "Slack"
    role: str = "place"
    wrong: Wrong | None = None
    is_known: bool = True


@dataclass(frozen=True)
class _Home:
    """A workspace of ours. `fault`: what Slack says to its token."""

    subject: str
    workspace: Workspace | None  # None: that of the configured token, whose name is not known
    fault: SlackFault | None

    def is_of(self, rules: SlackSettings) -> bool:
        its = self.workspace
        return its is not None and rules.workspace in (None, its.id, its.enterprise)


class Looks:
    """Asks Slack, as fast as that lets us."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._names: dict[str, str] = {}  # of channels and workspaces, as they were told last

    async def everywhere(self) -> list[Looked]:
        """Every workspace and channel of every desk."""
        homes = await self._homes()
        looked = [*self._tokens(homes), *self._not_installed(homes)]
        for desk, rules in self._slack.rules.items():
            here = [home for home in homes if home.is_of(rules)]
            for channel in (*rules.channels, *rules.mention_channels):
                looked.append(await self._channel(desk, channel, REQUESTS, here))
            if rules.triage_channel:
                looked.append(await self._channel(desk, rules.triage_channel, TRIAGE, here))
        return looked

    def open_socket(self) -> Looked:
        """Events come in."""
        return Looked("socket", tuple(self._slack.rules))

    async def closed_socket(self, token: str, *, is_down: bool) -> Looked:
        """Why none is open: Slack refuses the token, or, when it has been so for long, whatever."""
        looked = self.open_socket()
        try:
            await self._slack.calls.call_with(token, "apps.connections.open")
        except Refused as fault:
            if fault.code not in PASSING:
                return replace(looked, wrong=Wrong.SOCKET_REFUSED)
        except SlackFault:
            pass
        return replace(looked, wrong=Wrong.SOCKET_DOWN if is_down else None, is_known=is_down)

    async def _homes(self) -> list[_Home]:
        teams = self._slack.calls.teams
        try:
            own, fault = await teams.own(), None
        except SlackFault as error:
            own, fault = None, error
        homes = []
        if own is not None:
            homes.append(_Home("token", own, await self._token_fault(own)))
        elif fault is not None:
            homes.append(_Home("token", None, fault))
        for workspace in await teams.installed():
            if own is None or workspace.id != own.id:
                found = await self._token_fault(workspace)
                homes.append(_Home(f"token:{workspace.id}", workspace, found))
        self._names |= {home.workspace.id: home.workspace.name for home in homes if home.workspace}
        return homes

    async def _token_fault(self, workspace: Workspace) -> SlackFault | None:
        calls = self._slack.calls
        try:
            await _patiently(lambda: calls.call_with(workspace.token, "auth.test", of=workspace.id))
        except SlackFault as fault:
            return fault
        return None

    def _tokens(self, homes: list[_Home]) -> list[Looked]:
        found = []
        for home in homes:
            if home.workspace is None:  # whatever is nobody else's is its
                desks, place = self._orphans(homes), Looked.place
            else:
                rules = self._slack.rules.items()
                desks = tuple(desk for desk, its in rules if home.is_of(its))
                place = home.workspace.name
            looked = Looked(home.subject, desks, place)
            if home.fault is not None:
                is_known = _is_refusal(home.fault)
                wrong = Wrong.SIGNED_OUT if is_known else None
                looked = replace(looked, wrong=wrong, is_known=is_known)
            found.append(looked)
        return [looked for looked in found if looked.desks]

    def _not_installed(self, homes: list[_Home]) -> list[Looked]:
        """What the desks name, and nobody has installed."""
        is_known = all(home.workspace is not None for home in homes)
        wanted: dict[str, tuple[str, ...]] = {}
        for desk in self._orphans(homes):
            team = self._slack.rules[desk].workspace or ""
            wanted[team] = (*wanted.get(team, ()), desk)
        return [
            Looked(
                f"workspace:{team}",
                desks,
                self._names.get(team, team) or Looked.place,
                wrong=Wrong.NOT_INSTALLED,
                is_known=is_known,
            )
            for team, desks in wanted.items()
        ]

    def _orphans(self, homes: list[_Home]) -> tuple[str, ...]:
        rules = self._slack.rules.items()
        return tuple(desk for desk, its in rules if not any(home.is_of(its) for home in homes))

    async def _channel(self, desk: str, channel: str, role: str, homes: list[_Home]) -> Looked:
        """Where the desk names no workspace, the channel has to be well in one of them."""
        states = [await self._state(home, channel, private=role == TRIAGE) for home in homes]
        known = [state for state in states if state is not None]
        place = self._names.get(channel, channel)
        looked = Looked(f"{role}:{desk}:{channel}", (desk,), place, role)
        wrong = [state.wrong for state in known]
        if None in wrong:
            return looked
        if not known or len(known) < len(states):
            return replace(looked, is_known=False)
        # Another workspace has no such channel, and need not.
        at_home = [one for one in wrong if one is not Wrong.GONE]
        return replace(looked, wrong=(at_home or wrong)[0])

    async def _state(self, home: _Home, channel: str, *, private: bool) -> ChannelState | None:
        if home.workspace is None or home.fault is not None:
            return None
        calls, team = self._slack.calls, home.workspace.id
        try:
            state = await _patiently(lambda: channel_state(calls, team, channel, private=private))
        except SlackFault:
            return None
        if state.name != channel:
            self._names[channel] = state.name
        return state


def _is_refusal(fault: SlackFault) -> bool:
    """Slack knows the token, and does not take it (any more)."""
    if isinstance(fault, Refused):
        return fault.code not in PASSING
    return isinstance(fault, NotInstalled)


async def _patiently(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Once more after Slack's pause."""
    try:
        return await ask()
    except Limited as fault:
        await asyncio.sleep(min(fault.seconds, LONGEST_SECONDS))
        return await ask()
