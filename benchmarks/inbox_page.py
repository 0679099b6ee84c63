"""`python -m benchmarks.inbox_page`: an agent's browser with long conversations, and after a day.

Opening a conversation of 1,000 messages beside one of 10, by turns; and what the page holds in
memory after a day's events, and after so many opened conversations. See README.md.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from benchmarks.agents import hire
from benchmarks.console import console
from benchmarks.customer import Customer, customer
from benchmarks.numbers import keep, markdown, summary
from benchmarks.world import FOLDER, service, stand_in
from bot.db import Database
from tests.browser.conftest import ARGUMENTS
from tests.long_talk import lengthen

SHORT, LONG = 10, 1_000
HOURS = 8
PEOPLE = 20
SETTLE_MS = 1_500

# Shown: the card and the newest message are on the screen, and a frame has been drawn.
SHOWN = """
async ([id, began]) => {
  for (;;) {
    const work = document.querySelector(`#work[data-conversation="${id}"]`);
    const last = [...(work?.querySelectorAll("#entries .message") ?? [])].at(-1);
    const box = work?.querySelector(".scroll")?.getBoundingClientRect();
    const place = last?.getBoundingClientRect();
    if (work?.querySelector(".card section") && place && place.height && place.top < box.bottom) {
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      return performance.now() - began;
    }
    if (performance.now() - began > 60_000) return null;
    await new Promise(requestAnimationFrame);
  }
}
"""
# A row that has just come is a plain link until htmx has seen it: nobody clicks as fast as this.
CLICK = """
async (id) => {
  const row = () => document.getElementById(`row-${id}`);
  while (!row()?.["htmx-internal-data"]?.boosted) await new Promise(requestAnimationFrame);
  const began = performance.now();
  row().click();
  return began;
}
"""
# As a hint does: the list and the open conversation are fetched, and swapped where they changed.
REFRESHED = """
() => new Promise((done) => {
  let left = 2;
  const count = ({ detail }) => {
    if (!detail.elt.matches("#list, [data-news]") || --left) return;
    document.body.removeEventListener("htmx:afterRequest", count);
    done();
  };
  document.body.addEventListener("htmx:afterRequest", count);
  document.body.dispatchEvent(new Event("refresh"));
})
"""


class Browser:
    """One tab, and what it holds."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self.page = page
        self._devtools = devtools

    async def held(self) -> dict[str, float]:
        """After a thorough tidying up: JavaScript's heap in MB, nodes, listeners."""
        await self.page.wait_for_timeout(SETTLE_MS)
        for _ in range(3):
            await self._devtools.send("HeapProfiler.collectGarbage")
        found = await self._devtools.send("Performance.getMetrics")
        values = {metric["name"]: float(metric["value"]) for metric in found["metrics"]}
        return {
            "heap_mb": values["JSHeapUsedSize"] / 1e6,
            "nodes": values["Nodes"],
            "listeners": values["JSEventListeners"],
            "entries": float(await self.page.locator("#entries .message").count()),
        }

    async def opens(self, conversation: str) -> float:
        """Milliseconds from the click in the list."""
        at = await self.page.evaluate(CLICK, conversation)
        return _found(await self.page.evaluate(SHOWN, [conversation, at]), conversation)

    async def loads(self, address: str, conversation: str) -> float:
        """Milliseconds from the address, as with a link in a notification."""
        await self.page.goto(f"{address}/inbox/conversations/{conversation}?view=bot")
        return _found(await self.page.evaluate(SHOWN, [conversation, 0]), conversation)


def _found(took: float | None, conversation: str) -> float:
    if took is None:
        raise SystemExit(f"conversation {conversation} was not shown within a minute")
    return float(took)


@asynccontextmanager
async def browser(address: str, session: str) -> AsyncIterator[Browser]:
    """A signed-in agent at the list of the bot's conversations."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*ARGUMENTS, "--js-flags=--expose-gc"]
        )
        context = await chromium.new_context(viewport={"width": 1400, "height": 900})
        await context.add_cookies([{"name": "firstline_session", "value": session, "url": address}])
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        await page.goto(f"{address}/inbox?view=bot")
        yield Browser(page, devtools)
        await chromium.close()


async def opening(tab: Browser, address: str, ids: Sequence[str], times: int) -> dict[str, Any]:
    """Both conversations by turns, so that what else the machine does falls on both."""
    found: dict[str, list[float]] = {}
    lengths = dict(zip(ids, (SHORT, LONG), strict=True))
    for lap in range(times + 2):
        for one, length in lengths.items():
            clicked, loaded = await tab.opens(one), await tab.loads(address, one)
            if lap >= 2:  # the first ones warm everything up
                found.setdefault(f"click {length}", []).append(clicked)
                found.setdefault(f"page {length}", []).append(loaded)
    return {name: summary(values) for name, values in found.items()}


async def day(tab: Browser, people: Sequence[Customer], messages: int) -> list[dict[str, float]]:
    """What the tab holds at first and after each hour; each message is answered and shown.

    Every second one is in the conversation that is open: `people[0]` writes it.
    """
    rows = [{"messages": 0, **await tab.held()}]
    for hour in range(HOURS):
        for number in range(messages // HOURS):
            who = people[0] if number % 2 else people[number % len(people)]
            await who.ask(f"How long does order {number} take?")
            await tab.page.evaluate(REFRESHED)
        rows.append({"messages": (hour + 1) * (messages // HOURS), **await tab.held()})
        console.print(rows[-1])
    return rows


async def flow(tab: Browser, ids: Sequence[str], count: int) -> list[dict[str, float]]:
    """What the tab holds after each quarter of so many openings."""
    await tab.opens(ids[0])
    rows = [{"opened": 1, **await tab.held()}]
    for number in range(1, count + 1):
        await tab.opens(ids[number % len(ids)])
        if number % (count // 4) == 0:
            rows.append({"opened": number, **await tab.held()})
            console.print(rows[-1])
    return rows


# `Any`: results for the JSON file.
async def measure(address: str, database: str, options: argparse.Namespace) -> dict[str, Any]:
    """Everything, one after the other."""
    (agent,) = await hire(database, 1)
    async with AsyncExitStack() as stack:
        people = []
        for _ in range(PEOPLE):
            people.append(await stack.enter_async_context(customer(address)))
            await people[-1].ask("Hello?")
        ids = [one.conversation or "" for one in people]
        db = Database(database)
        for one, length in zip(ids, (SHORT, LONG, LONG), strict=False):
            await lengthen(db, one, to=length)
        await db.close()
        results: dict[str, Any] = {}
        async with browser(address, agent.session) as tab:
            results["opening"] = await opening(tab, address, ids[:2], options.times)
        if options.messages:
            async with browser(address, agent.session) as tab:
                await tab.opens(ids[2])
                results["day"] = await day(tab, people[2:], options.messages)
        if options.opened:
            async with browser(address, agent.session) as tab:
                results["flow"] = await flow(tab, ids, options.opened)
    return results


# `Any`: results of `measure`.
def tables(results: dict[str, Any]) -> list[str]:
    """As docs/performance.md shows them."""
    found = results["opening"]
    rows = []
    for way, name in (("click", "a click in the list"), ("page", "the whole page")):
        short, long = found[f"{way} {SHORT}"], found[f"{way} {LONG}"]
        ratio = long["median"] / short["median"]
        cells = [f"{one['median']:.0f} ({one['p99']:.0f})" for one in (short, long)]
        rows.append((name, *cells, f"{ratio:.2f}×"))
    head = ("until packet and transcript are shown, ms (p99)", f"{SHORT} messages", f"{LONG:,}", "")
    made = [markdown(head, rows)]
    for name, first in (("day", "messages"), ("flow", "opened")):
        if name in results:
            columns = (first, "heap, MB", "nodes", "listeners", "messages on the page")
            made.append(markdown(columns, [_cells(row, first) for row in results[name]]))
            heaps = [row["heap_mb"] for row in results[name]]
            made.append(f"From the third line to the last: {heaps[-1] - heaps[2]:+.2f} MB")
    return made


def _cells(row: dict[str, float], first: str) -> tuple[str, ...]:
    numbers = (f"{row[name]:,.0f}" for name in ("nodes", "listeners", "entries"))
    return f"{row[first]:,.0f}", f"{row['heap_mb']:.2f}", *numbers


def main() -> None:
    """One service on SQLite, the stand-in engine, Chromium."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox_page", description=__doc__)
    parser.add_argument("--times", type=int, default=15, help="how often each is opened")
    parser.add_argument("--messages", type=int, default=2_000, help="of customers, in eight hours")
    parser.add_argument("--opened", type=int, default=200, help="conversations, one after another")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("inbox-page.db*"):
        old.unlink()
    database = f"sqlite+aiosqlite:///{Path(FOLDER).resolve() / 'inbox-page.db'}"
    with stand_in() as engine, service(database, [engine.url]) as ours:
        results = asyncio.run(measure(ours.url, database, options))
    keep("inbox-page", results, tables(results))


if __name__ == "__main__":
    main()
