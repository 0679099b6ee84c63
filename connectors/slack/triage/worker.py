"""Keeps the cards as they should be: posts each once, edits it, tells in its thread what is said.

Every process listens; the hints of the desk say what changed, and a look every two seconds finds
what a hint did not. Which process writes is decided in the database (`CardDesk.hold`). What is
posted carries in its metadata how far it goes, so that whoever comes after a process that died
reads there what was posted and not noted.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from time import monotonic

import structlog

from bot.channel import Case, TriageCard
from bot.errors import FirstlineError
from connectors.slack.faults import Limited, NotInstalled, Refused, SlackFault, Unreachable
from connectors.slack.triage.card import card as card_of
from connectors.slack.triage.desk import Room, TriageDesk, places
from connectors.slack.triage.lines import Told, told
from connectors.slack.triage.posts import FIXED, Posts
from connectors.slack.triage.retelling import Retelling

SWEEP_SECONDS = 2.0
AT_ONCE = 8
AGAIN_SECONDS, LATER_SECONDS = 5.0, 60.0
# They change nothing that a card shows.
FLEETING = frozenset({"typing", "seen", "bot_message", "alarms", "engines"})
# The card can be edited no more, or is there no more: another one takes its place.
LOST = FIXED | {"thread_not_found", "cannot_reply_to_message", "invalid_thread_ts"}

log = structlog.get_logger()


class TriageWorker:
    """One for the process."""

    def __init__(self, desk: TriageDesk) -> None:
        self._desk = desk
        self._posts = Posts(desk.slack.calls)
        self._retelling = Retelling(desk, self._posts)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._warned: set[str] = set()
        self._undelivered: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            with self._desk.agents.watch() as hints:
                next_look = 0.0
                while True:
                    if hints.lagging or monotonic() >= next_look:  # however much there is to hear
                        hints.lagging = False
                        await self._sweep()
                        next_look = monotonic() + SWEEP_SECONDS
                    try:
                        async with asyncio.timeout(max(next_look - monotonic(), 0.0)):
                            hint = await hints.get()
                    except TimeoutError:
                        continue
                    if hint.kind not in FLEETING and isinstance(hint.data, str) and hint.data:
                        self._start(hint.data)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """What is under way ends here; whoever comes next looks what was posted."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def rest(self) -> None:
        """Until nothing is under way."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks.values()))

    async def _sweep(self) -> None:
        try:
            rooms = await self._desk.rooms()
            for conversation in await self._desk.cards.due(places(rooms)):
                self._start(conversation)
            await self._look_what_did_not_arrive(rooms)
        except SlackFault as fault:
            log.info("slack.triage_waits", problem=str(fault))
        except Exception:
            log.exception("slack.triage_sweep_failed")

    async def _look_what_did_not_arrive(self, rooms: tuple[Room, ...]) -> None:
        """That a message was given up changes nothing of its conversation, but its card says so."""
        found = await self._desk.cards.undelivered(places(rooms))
        for conversation in found ^ self._undelivered:
            self._desk.slack.later.start(self._draw_anew(conversation), "slack card")
        self._undelivered = found

    async def _draw_anew(self, conversation: str) -> None:
        await self._desk.cards.forget_look(conversation)
        self._start(conversation)

    def _start(self, conversation: str) -> None:
        if conversation in self._tasks:
            self._again.add(conversation)
            return
        task = asyncio.create_task(self._work(conversation), name=f"card {conversation}")
        self._tasks[conversation] = task
        task.add_done_callback(lambda _: self._done(conversation))

    def _done(self, conversation: str) -> None:
        del self._tasks[conversation]
        if conversation in self._again:
            self._again.discard(conversation)
            self._start(conversation)

    async def _work(self, conversation: str) -> None:
        async with self._slots:
            try:
                while await self.refresh(conversation):
                    pass
            except SlackFault as fault:
                log.info("slack.triage_waits", problem=str(fault))
            except Exception:
                log.exception("slack.card_failed", conversation=conversation)

    async def refresh(self, conversation: str) -> bool:
        """Brings one card up to date; whether there was something to do, so that it looks again."""
        rooms = await self._desk.rooms()
        held = await self._desk.cards.hold(conversation, places(rooms))
        if held is None:
            return False
        room = next(room for room in rooms if room.desk == held.desk)
        try:
            await self._write(room, held)
        except SlackFault as fault:
            await self._put_off(held, fault)
            return False
        except FirstlineError:  # it is gone
            await self._desk.cards.put_off(conversation, LATER_SECONDS, in_doubt=True)
            return False
        except BaseException:
            # Nobody knows how far it came: the hold runs out, and then somebody looks.
            with suppress(Exception):
                await asyncio.shield(
                    self._desk.cards.put_off(conversation, AGAIN_SECONDS, in_doubt=True)
                )
            raise
        await self._desk.cards.let_go(conversation)
        return True

    async def _put_off(self, card: TriageCard, fault: SlackFault) -> None:
        seconds, in_doubt = LATER_SECONDS, False
        if isinstance(fault, Limited):
            seconds = fault.seconds
        elif isinstance(fault, Unreachable):
            seconds, in_doubt = AGAIN_SECONDS, True
        if isinstance(fault, Refused | NotInstalled) and str(fault) not in self._warned:
            self._warned.add(str(fault))
            log.error("slack.triage_refused", desk=card.desk, place=card.place, problem=str(fault))
        await self._desk.cards.put_off(card.conversation, seconds, in_doubt=in_doubt)

    async def _write(self, room: Room, held: TriageCard) -> None:
        if not await self._desk.is_private(room):
            raise Refused("conversations.info", "the triage channel is not private, or shared")
        if held.place != room.place:  # the desk has another channel now
            held = _anew(held, room)
        if held.is_in_doubt:
            held = await self._posts.recover(room, held)
            await self._desk.cards.keep(held)
        case = await self._desk.agents.case(held.conversation, room.face.language)
        # The sweep compares with what the cards say, also when it was not what had them drawn.
        its = {held.conversation}
        warns = case.undelivered and case.status != "closed"
        self._undelivered = self._undelivered | its if warns else self._undelivered - its
        try:
            held = await self._show(room, held, case)
            await self._retelling.put_right(room, held, case)
            held = await self._tell(room, held, case)
        except Refused as fault:
            if fault.code not in LOST:
                raise
            if held.message is not None:
                await self._desk.remember_card(room, held.message, held.conversation)
            held = await self._show(room, _anew(held, room), case)
            await self._retelling.put_right(room, held, case)
            held = await self._tell(room, held, case)
        await self._desk.cards.settle(replace(held, as_of=case.as_of), status=case.status)

    async def _show(self, room: Room, held: TriageCard, case: Case) -> TriageCard:
        shown = card_of(case, room.face)
        if held.message is None:
            message = await self._posts.card(room, case.conversation, shown)
            held = replace(held, message=message, shown=shown.digest, place=room.place)
        elif held.shown != shown.digest:
            await self._posts.edit(room, held.message, shown)
            held = replace(held, shown=shown.digest)
        else:
            return held
        await self._desk.cards.keep(held)
        return held

    async def _tell(self, room: Room, held: TriageCard, case: Case) -> TriageCard:
        """What the bot says to a customer who is with it again can wait until they come back."""
        if case.status == "bot" or held.message is None:
            return held
        entries = await self._desk.agents.entries(held.conversation, seq=held.seq, notes=held.notes)
        for post in told(
            entries,
            seq=held.seq,
            notes=held.notes,
            here=f"{room.place}:",
            language=room.face.language,
        ):
            held = await self._tell_one(room, held, post)
        return held

    async def _tell_one(self, room: Room, held: TriageCard, post: Told) -> TriageCard:
        if post.text and held.message is not None:
            await self._posts.lines(room, held.message, held.conversation, post)
        held = replace(held, seq=post.seq, notes=post.notes)
        await self._desk.cards.keep(held)
        return held


def _anew(held: TriageCard, room: Room) -> TriageCard:
    """Another card in the place of one that is out of reach."""
    return replace(held, message=None, shown="", place=room.place)
