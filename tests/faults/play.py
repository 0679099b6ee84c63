"""Plays one schedule: customers write, agents answer, faults strike; then all comes to rest."""

import asyncio
import random
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from tests.faults.agents import Hired, Tab
from tests.faults.customer import WebCustomer
from tests.faults.evidence import Evidence, Sent, Stored
from tests.faults.faults import BY_NAME
from tests.faults.schedule import Schedule, Strike
from tests.faults.vendor import VendorCustomer
from tests.faults.world import World

# Long enough for a machine that is busy with something else.
REST_SECONDS = 60.0
SCRIPT_SECONDS = 60.0
QUEUE_SECONDS = 5.0
POLL_SECONDS = 0.03


@dataclass
class Struck:
    """A fault that struck, when, and how long until everybody was served again (None: never)."""

    fault: str
    at: float
    recovered_after: float | None = None


@dataclass
class Played:
    """What came of a schedule."""

    evidence: Evidence
    struck: list[Struck]
    seconds: float


@dataclass
class Play:
    """One performance."""

    world: World
    schedule: Schedule
    web: list[WebCustomer] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)
    # One Sent for each agent's action that is no reply: only its times count.
    moves: list[Sent] = field(default_factory=list)

    async def perform(self) -> Played:
        """Everything; leaves the world as it was."""
        began = monotonic()
        world, schedule = self.world, self.schedule
        chance = schedule.chance("customers")
        for _ in schedule.customers:
            customer = WebCustomer(http=world.http, doors=world.doors, chance=chance)
            customer.open()
            self.web.append(customer)
        vendor = VendorCustomer(
            f"{schedule.name}v",
            http=world.http,
            doors=world.doors,
            chance=schedule.chance("vendor"),
        )
        self.world.desks.on_death = self._note_death
        strikes = [asyncio.create_task(self._strike(strike)) for strike in schedule.strikes]
        scripts = self._scripts(vendor)
        unfinished = await _within(SCRIPT_SECONDS, scripts)
        await asyncio.wait(strikes)
        for strike in strikes:
            strike.result()
        await world.restore()
        evidence = Evidence(unfinished=unfinished, echoes=not schedule.is_real)
        evidence.stored, restless = await self._come_to_rest(vendor)
        evidence.unfinished += restless
        self.world.desks.on_death = lambda _name, _at: None
        for customer in self.web:
            await customer.close()
            evidence.sent += customer.sent
            evidence.views |= customer.view
            evidence.unfinished += customer.refusals
        evidence.sent += [sent for tab in self.tabs for sent in tab.sent] + vendor.sent
        evidence.calls = world.vendor.calls.pop(vendor.thread, [])
        self._measure(evidence)
        return Played(evidence, self.struck, monotonic() - began)

    def _scripts(self, vendor: VendorCustomer) -> dict[str, Awaitable[None]]:
        scripts: dict[str, Awaitable[None]] = {}
        with_agents = self.schedule.agents_for_vendor
        for number, customer in enumerate(self.web):
            work = self._web_script(number, customer, sees_agents=number == 0 and not with_agents)
            scripts[f"web customer {number}"] = work
        scripts["vendor's customer"] = self._vendor_script(vendor, sees_agents=with_agents)
        return scripts

    def _text(self, who: str, number: int) -> str:
        mark = f"{self.schedule.name}{who}m{number}"
        if not self.schedule.is_real:
            return mark
        # Every other one needs an action. In letters: a number would be an order's.
        letters = "".join(chr(ord("a") + int(one)) if one.isdigit() else one for one in mark)
        words = ("where is my order 10482", "how long does delivery take")[number % 2]
        return f"{words} ({letters})"

    async def _web_script(self, who: int, customer: WebCustomer, *, sees_agents: bool) -> None:
        chance = self.schedule.chance(f"web {who}")
        count = self.schedule.customers[who]
        for number in range(count):
            customer.write(self._text(f"w{who}", number))
            await asyncio.sleep(chance.uniform(0, self.schedule.gap))
        if not sees_agents:
            return
        customer.ask_for_human()
        customer.write(self._text(f"w{who}", count))
        while not customer.visitor:
            await asyncio.sleep(POLL_SECONDS)
        await self._agents(customer.thread, self._text(f"w{who}", 0), customer)
        customer.write(self._text(f"w{who}", count + 1))

    async def _vendor_script(self, vendor: VendorCustomer, *, sees_agents: bool) -> None:
        chance = self.schedule.chance("vendor script")
        texts = [self._text("v", number) for number in range(self.schedule.vendor)]
        if self.schedule.reorders:
            await vendor.write_in_any_order(texts)
        else:
            for text in texts:
                await vendor.write(text, twice=self.schedule.duplicates)
                await asyncio.sleep(chance.uniform(0, self.schedule.gap))
        if not sees_agents:
            return
        await vendor.write(f"person:{self._text('v', 90)}")
        await self._agents(vendor.thread, self._text("v", 0), None)
        await vendor.write(self._text("v", 91))

    async def _agents(self, thread: str, mark: str, customer: WebCustomer | None) -> None:
        """Two agents claim at once; the one who has it replies in two tabs, and ends it."""
        conversation = await self._queued(thread)
        if conversation is None:
            return  # the bot was not asked in time, or answered «person» as any other message
        chance = self.schedule.chance(f"agents {thread}")
        claims = [self._tab(agent, thread, chance) for agent in self.world.agents]
        for tab in claims:
            await tab.load(conversation)
        await asyncio.gather(*(self._move(tab, conversation, "claim") for tab in claims))
        owner = await self._owner(thread)
        if owner is None:
            return
        first, second = (self._tab(owner, thread, chance) for _ in range(2))
        other = next(tab for tab in claims if tab.agent is not owner)
        await asyncio.gather(first.load(conversation), second.load(conversation))
        await asyncio.gather(
            first.reply(conversation, f"{mark}r1", clicks=2),
            second.reply(conversation, f"{mark}r2"),
            other.reply(conversation, f"{mark}r3"),  # must be refused: it is not theirs
        )
        if customer is not None:
            customer.write(f"{mark}to-agent")
        await first.reply(conversation, f"{mark}r4")
        await asyncio.gather(
            self._move(first, conversation, self.schedule.ends_with),
            second.reply(conversation, f"{mark}r5"),  # before or after: one of the two
        )
        await second.reply(conversation, f"{mark}r6")  # must be refused: it is over

    def _tab(self, agent: Hired, thread: str, chance: random.Random) -> Tab:
        world = self.world
        tab = Tab(agent, thread, http=world.http, doors=world.doors, chance=chance)
        self.tabs.append(tab)
        return tab

    async def _move(self, tab: Tab, conversation: str, what: str) -> None:
        sent = Sent(what, "", "agent", sent_at=monotonic())
        self.moves.append(sent)
        await tab.move(conversation, what)
        sent.ack(None)

    async def _queued(self, thread: str) -> str | None:
        """The conversation, once it waits for an agent."""
        end = monotonic() + QUEUE_SECONDS
        while monotonic() < end:
            with suppress(OSError):
                found = await self.world.ledger.status(thread)
                if found is not None and found[1] == "queued":
                    return found[0]
            await asyncio.sleep(POLL_SECONDS)
        return None

    async def _owner(self, thread: str) -> Hired | None:
        while True:
            with suppress(OSError):
                found = await self.world.ledger.status(thread)
                break
            await asyncio.sleep(POLL_SECONDS)
        return next((one for one in self.world.agents if found and one.id == found[3]), None)

    async def _strike(self, strike: Strike) -> None:
        fault = BY_NAME[strike.fault]
        await asyncio.sleep(strike.at)
        if not fault.waits:
            self.struck.append(Struck(fault.name, monotonic()))
        chance = random.Random(strike.seed)  # noqa: S311 - repeatable
        await fault.strike(self.world, chance)

    def _note_death(self, _name: str, at: float) -> None:
        """A trap has struck: that is the fault's time."""
        waiting = [strike.fault for strike in self.schedule.strikes if BY_NAME[strike.fault].waits]
        known = {struck.fault for struck in self.struck}
        for fault in waiting:
            if fault not in known:
                self.struck.append(Struck(fault, at))
                return

    async def _come_to_rest(self, vendor: VendorCustomer) -> tuple[list[Stored], list[str]]:
        """The end's state, and who still waits for what when the patience is over."""
        threads = [vendor.thread, *(one.thread for one in self.web)]
        end = monotonic() + REST_SECONDS
        stored: list[Stored] = []
        while True:
            # Before the database is asked: it may lack what is acknowledged meanwhile.
            is_quiet = not any(customer.waits for customer in self.web)
            with suppress(OSError):
                stored = await self.world.ledger.conversations(threads)
                if is_quiet and self._rests(stored):
                    return stored, []
            if monotonic() > end:
                return stored, [
                    f"web customer {number} waits for an acknowledgement"
                    for number, customer in enumerate(self.web)
                    if customer.waits
                ]
            await asyncio.sleep(POLL_SECONDS)

    def _rests(self, stored: list[Stored]) -> bool:
        views = {key: len(view) for customer in self.web for key, view in customer.view.items()}
        return views.keys() <= {one.id for one in stored} and all(
            not one.undelivered
            and not {"waiting", "asking"} & set(one.turns.values())
            and (one.channel != "web" or views.get(one.id) == len(one.lines))
            for one in stored
        )

    def _measure(self, evidence: Evidence) -> None:
        """How long each fault was felt: until all that was under way, and everyone's next, was
        done. What the fault's own pause takes is in it."""
        done = [
            (sent.thread, sent.sent_at, sent.answered_at or sent.acked_at)
            for sent in [*evidence.sent, *self.moves]
            if not sent.refused
        ]
        for struck in self.struck:
            ends = [end for _, start, end in done if start <= struck.at and (end or 0) > struck.at]
            next_ones: dict[str, tuple[float, float | None]] = {}
            for thread, start, end in done:
                known = next_ones.get(thread)
                if start > struck.at and (known is None or start < known[0]):
                    next_ones[thread] = (start, end)
            ends += [end for _, end in next_ones.values()]
            if all(end is not None for end in ends):
                last = max((end for end in ends if end is not None), default=struck.at)
                struck.recovered_after = last - struck.at


async def _within(seconds: float, scripts: dict[str, Awaitable[None]]) -> list[str]:
    """Runs them all; names whoever is not done in time."""
    tasks = {asyncio.ensure_future(script): name for name, script in scripts.items()}
    done, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for task in done:
        task.result()
    return [f"{tasks[task]} is not done with the script" for task in late]
