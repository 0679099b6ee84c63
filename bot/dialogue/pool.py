"""Several engines as one: turns go where the fewest are, and round those that fail.

A turn that certainly reached no engine goes to the next one. A turn that may have reached one is
repeated once at most, and only where its key goes along to whatever it does (`Ready.repeatable`):
whoever gets the same order twice then knows it. All attempts share one budget of seconds.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.clock import now
from bot.dialogue.addresses import EngineAddresses
from bot.dialogue.breaker import Breaker, BreakerState
from bot.dialogue.engine_client import EngineClient, EngineFailure
from bot.dialogue.turn import TurnAnswer, TurnRequest

LOOK_SECONDS = 0.25
PROBE_SECONDS = 3.0
PROBE_AGAIN_SECONDS = 1.0
# Of what is left, an attempt after which there may be another; the rest is for that one.
FIRST_SHARE = 0.7
LEAST_SECONDS = 0.05

log = structlog.get_logger()


@dataclass(eq=False)
class Member:
    """One engine of the pool."""

    url: str
    client: EngineClient
    breaker: Breaker = field(default_factory=Breaker)
    outstanding: int = 0
    model_id: str | None = None
    # Unknown before the first probe.
    repeatable: bool | None = None
    asked_at: int = 0
    probe_at: float = 0.0
    is_listed: bool = True


class EnginePool:
    """`where`: see FIRSTLINE_ENGINE_URL. `timeout`: seconds for a turn, whatever it takes."""

    def __init__(
        self,
        where: str,
        *,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._addresses = EngineAddresses(where)
        self._timeout = timeout
        self._clock = clock
        self.on_change = on_change
        self._members: dict[str, Member] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._probes: set[asyncio.Task[None]] = set()
        self._asked = 0
        self._down_since: datetime | None = None

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        """The answer to one customer message; raises EngineFailure when the budget is used up."""
        ends = self._clock() + self._timeout
        tried: list[Member] = []
        nobody = (
            "no engine answers, or may be asked again" if request.again else "no engine answers"
        )
        failure = EngineFailure("engine_down", nobody, sent=request.again)
        if request.again:
            await self._ask_what_is_unknown()
        while (member := self._choose(tried, repeats=failure.sent)) is not None:
            left = ends - self._clock()
            if left < LEAST_SECONDS:
                break
            tried.append(member)
            may_repeat = bool(request.key and member.repeatable) and not failure.sent
            is_last = not may_repeat or self._choose(tried, repeats=True) is None
            try:
                return await self._ask(member, request, left if is_last else left * FIRST_SHARE)
            except EngineFailure as latest:
                repeated, failure = failure.sent, latest
            _log_attempt(member, request, failure)
            if failure.verdict or (failure.sent and (repeated or not may_repeat)):
                break
            failure.sent = failure.sent or repeated
        raise failure

    async def _ask(self, member: Member, request: TurnRequest, seconds: float) -> TurnAnswer:
        self._asked += 1
        member.asked_at = self._asked
        member.outstanding += 1
        try:
            answer = await member.client.ask(request, within=seconds)
        except EngineFailure as failure:
            # A verdict is about the turn: one bad conversation may not take an engine from all.
            if not failure.verdict:
                self._tell(member, member.breaker.turn_failed)
            raise
        finally:
            member.outstanding -= 1
            self._close_when_done(member)
        self._tell(member, member.breaker.turn_succeeded)
        member.model_id = answer.model_id
        return answer

    def _usable(self, tried: list[Member]) -> list[Member]:
        members = [one for one in self._current() if one not in tried and not one.breaker.is_open]
        # One turn at a time for an engine in its trial, unless there is no other.
        calm = [one for one in members if not (one.breaker.in_trial and one.outstanding)]
        return calm or members

    def _choose(self, tried: list[Member], *, repeats: bool) -> Member | None:
        """`repeats`: an engine has, or may have, the turn already."""
        usable = [one for one in self._usable(tried) if one.repeatable or not repeats]
        return min(usable, key=lambda one: (one.outstanding, one.asked_at), default=None)

    def _current(self) -> list[Member]:
        """The engines as they are listed now; those that are new begin, those that left end."""
        urls = self._addresses.current()
        if list(urls) != list(self._members):
            before = self._members
            self._members = {
                url: before[url] if url in before else self._member(url) for url in urls
            }
            for url in before.keys() - self._members.keys():
                before[url].is_listed = False
                self._close_when_done(before[url])
            self._note_change()
        return list(self._members.values())

    def _member(self, url: str) -> Member:
        breaker = Breaker(clock=self._clock)
        return Member(url, EngineClient(url, timeout=self._timeout), breaker)

    def _close_when_done(self, member: Member) -> None:
        """One that is not listed any more keeps its connections until its turns have come back."""
        if not member.is_listed and not member.outstanding:
            self._spawn(self._leaving, member.client.close())

    async def run(self) -> None:
        """Probes, and notices new addresses, until cancelled."""
        while True:
            for member in self._current():
                self._probe_if_due(member)
            self._note_change()
            await asyncio.sleep(LOOK_SECONDS)

    def _probe_if_due(self, member: Member) -> None:
        breaker = member.breaker
        regular = not breaker.is_probing and self._clock() >= member.probe_at
        if breaker.probe_due() if breaker.is_open else regular:
            breaker.probe_began()
            self._spawn(self._probes, self._probe(member))

    async def _ask_what_is_unknown(self) -> None:
        unknown = [one for one in self._current() if one.repeatable is None]
        await asyncio.gather(*(self._probe(member) for member in unknown))

    async def _probe(self, member: Member) -> None:
        said = await member.client.ready()
        if said is None:
            member.probe_at = self._clock() + PROBE_AGAIN_SECONDS
            self._tell(member, member.breaker.probe_failed)
        else:
            member.probe_at = self._clock() + PROBE_SECONDS
            member.model_id, member.repeatable = said.model_id, said.repeatable
            self._tell(member, member.breaker.probe_succeeded)

    def _tell(self, member: Member, what: Callable[[], None]) -> None:
        """Tells the breaker, and the log when that changed it."""
        before = member.breaker.state
        what()
        after = member.breaker.state
        if after is not before:
            log.warning("engine.breaker", engine=_place(member.url), before=before, now=after)
        if member.is_listed:
            self._note_change()

    def _note_change(self) -> None:
        """Since when no engine answers; whoever shows that is told when it begins and ends."""
        is_down = all(one.breaker.is_open for one in self._members.values())
        if is_down != (self._down_since is not None):
            self._down_since = now() if is_down else None
            log.error("engines.none") if is_down else log.warning("engines.back")
            self.on_change()

    @property
    def down_since(self) -> datetime | None:
        """Since when no engine answers; None while one does."""
        return self._down_since

    async def model_id(self) -> str | None:
        """A model that answers now; None while there is none."""
        asked = (one.client.model_id() for one in self._current())
        return next((model for model in await asyncio.gather(*asked) if model is not None), None)

    # `Any`: JSON for /readyz.
    def report(self) -> list[dict[str, Any]]:
        """Every engine's state. No address: it may carry a password, and anyone may ask."""
        return [
            {
                "state": one.breaker.state,
                "model": one.model_id if one.breaker.state is not BreakerState.OPEN else None,
                "turns": one.outstanding,
            }
            for one in self._current()
        ]

    async def close(self) -> None:
        """Gives connections back."""
        for task in self._probes:
            task.cancel()
        await asyncio.gather(*self._leaving, *self._probes, return_exceptions=True)
        for member in self._members.values():
            await member.client.close()

    @staticmethod
    def _spawn(tasks: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _log_attempt(member: Member, request: TurnRequest, failure: EngineFailure) -> None:
    log.warning(
        "engine.attempt_failed",
        engine=_place(member.url),
        conversation=request.conversation,
        reason=failure.reason,
        problem=str(failure),
        sent=failure.sent,
    )


def _place(url: str) -> str:
    """The address without what may be a password in it."""
    return urlsplit(url).netloc.rpartition("@")[2]
