"""Looks every five minutes whether Slack still is as the desk needs it, and tells agents if not.

One process looks at a time: a row of the memory says whose turn it is. What Slack does not tell
now (it is down, it is too fast) stays as it was told before, so nothing of that is an alarm.
"""

import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import structlog

from bot.channel import KNOWN_DAYS, TROUBLES, Trouble, read_troubles, written_troubles
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.looks import TRIAGE, Looked, Looks

START_SECONDS, EVERY_SECONDS = 20.0, 300.0
AGAIN_SECONDS = 60.0  # while something is wrong: whoever mends it wants to see that it is
TICK_SECONDS = 15.0
DOWN_SECONDS = 120.0  # a socket opens anew about once an hour, and that takes a moment
DAY_SECONDS = 86_400
TURN, SOCKET = "watch:turn", "watch:socket"

log = structlog.get_logger()


async def work(slack: SlackChannel) -> None:
    """Until cancelled."""
    watch = Watch(slack)
    wanted = await slack.line.look_wanted(START_SECONDS)
    while True:
        await watch.tick(wanted=wanted)
        wanted = await slack.line.look_wanted(TICK_SECONDS)


class Watch:
    """One for the process."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._memory = slack.memory
        self._looks = Looks(slack)
        self._down_since: float | None = None
        self._was_down = False

    async def tick(self, *, wanted: bool = False) -> None:
        """Notes how the socket of this process is, and looks when it is its turn."""
        await self._note_socket()
        is_down = self._is_down_for_long()
        if wanted or is_down != self._was_down:
            await self._memory.forget(CHANNEL, TURN)
        self._was_down = is_down
        if await self._memory.recall(CHANNEL, TURN) is not None:
            return
        turn = uuid4().hex
        if await self._memory.first(CHANNEL, TURN, turn, days=EVERY_SECONDS / DAY_SECONDS):
            await self._look(turn)

    async def _note_socket(self) -> None:
        if self._slack.line.app_token is None:
            return
        if await self._slack.line.is_up():
            self._down_since = None
            await self._memory.keep(CHANNEL, SOCKET, "up", days=DOWN_SECONDS / DAY_SECONDS)
        elif self._down_since is None:
            self._down_since = time.monotonic()

    def _is_down_for_long(self) -> bool:
        since = self._down_since
        return since is not None and time.monotonic() - since >= DOWN_SECONDS

    async def _look(self, turn: str) -> None:
        looked = await self._looks.everywhere()
        if any(one.role == TRIAGE and one.wrong is not None for one in looked):
            self._slack.privates.forget()
        if self._slack.line.app_token is not None:
            looked += [await self._socket(self._slack.line.app_token)]
        if await self._memory.recall(CHANNEL, TURN) not in (None, turn):
            return  # somebody began later, and knows better
        kept = await self._memory.recall(TROUBLES, CHANNEL)
        before = {trouble.subject: trouble for trouble in read_troubles(kept)}
        found = _troubles(looked, before)
        await self._memory.keep(TROUBLES, CHANNEL, written_troubles(found), days=KNOWN_DAYS)
        if found:
            await self._memory.keep(CHANNEL, TURN, turn, days=AGAIN_SECONDS / DAY_SECONDS)
        _log(before, found)

    async def _socket(self, token: str) -> Looked:
        """Events come through any process's socket; which one is all the same."""
        if self._down_since is None or await self._memory.recall(CHANNEL, SOCKET) is not None:
            return self._looks.open_socket()
        return await self._looks.closed_socket(token, is_down=self._is_down_for_long())


def _troubles(looked: list[Looked], before: dict[str, Trouble]) -> list[Trouble]:
    """What is wrong now: `before` tells since when, and what nobody can tell now."""
    at = datetime.now(UTC)
    found = []
    for one in looked:
        known = before.get(one.subject)
        if not one.is_known:
            found += [known] if known is not None else []
        elif one.wrong is not None:
            trouble = Trouble(one.wrong, one.subject, one.desks, at, one.place, one.role)
            if known is not None and known.kind == trouble.kind:
                trouble = replace(trouble, since=known.since)
            found.append(trouble)
    return found


def _log(before: dict[str, Trouble], found: list[Trouble]) -> None:
    now = {trouble.subject: trouble for trouble in found}
    for subject, trouble in now.items():
        if subject not in before or before[subject].kind != trouble.kind:
            log.error("slack.trouble", kind=trouble.kind, subject=subject, desks=trouble.desks)
    for subject in before.keys() - now.keys():
        log.info("slack.trouble_over", kind=before[subject].kind, subject=subject)
