"""Agents who are only in Slack count as there, where their desk wants it."""

import asyncio
import time

import structlog

from connectors.slack.channel import SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.triage.desk import Room, TriageDesk

BEAT_SECONDS = 15.0
# Who the members are, and whether one is active, changes slowly; Slack counts how often we ask.
MEMBERS_SECONDS, ACTIVE_SECONDS = 300.0, 60.0
ACTIVE, AWAY = "active", "away"
MOST_MEMBERS = 100

log = structlog.get_logger()


async def work(slack: SlackChannel) -> None:
    """Says so for as long as it is so, until cancelled."""
    if all(r.agents_in_slack == AWAY or not r.triage_channel for r in slack.rules.values()):
        return
    presence = SlackPresence(slack)
    while True:
        await presence.beat()
        await asyncio.sleep(BEAT_SECONDS)


class SlackPresence:
    """Members of the triage channels with an account at its desk."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._desk = TriageDesk(slack)
        self._members: dict[str, tuple[float, list[str]]] = {}
        self._active: dict[tuple[str, str], tuple[float, bool]] = {}

    async def beat(self) -> None:
        """Once."""
        try:
            for room in await self._desk.rooms():
                how = self._slack.rules[room.desk].agents_in_slack
                if how != AWAY:
                    await self._slack.agents.here(tuple(await self._there(room, ask=how == ACTIVE)))
        except SlackFault as fault:
            log.info("slack.presence_unknown", problem=str(fault))

    async def _there(self, room: Room, *, ask: bool) -> list[str]:
        found = []
        for user in await self._members_of(room):
            member = await self._desk.member(room, user)
            if member.account is not None and (not ask or await self._is_active(room, user)):
                found.append(member.account.id)
        return found

    async def _members_of(self, room: Room) -> list[str]:
        until, known = self._members.get(room.place, (0.0, []))
        if time.monotonic() < until:
            return known
        members = list(await self._desk.members(room))[:MOST_MEMBERS]
        self._members[room.place] = (time.monotonic() + MEMBERS_SECONDS, members)
        return members

    async def _is_active(self, room: Room, user: str) -> bool:
        until, known = self._active.get((room.team, user), (0.0, False))
        if time.monotonic() < until:
            return known
        said = await self._slack.calls.call(room.team, "users.getPresence", user=user)
        found = said.get("presence") == ACTIVE
        self._active[room.team, user] = (time.monotonic() + ACTIVE_SECONDS, found)
        return found
