"""How soon what happens in Slack shows in an inbox at another process, and the other way round.

The inbox is a browser that holds the page's stream of events and asks for the conversation when
one names it, as the page does; the times are from the press (or the words) to what is shown.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median

import pytest

from tests.connectors.slack.agents import elements, press, shows
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import OLA, TRIAGE
from tests.connectors.slack.test_day import conversation_of
from tests.inbox import AgentBrowser
from tests.system.test_slack_and_inbox import Both, both

__all__ = ["both"]
pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300)]
ROUNDS = 4
# A second on a machine with nothing else to do (docs/performance.md); here six may share two cores.
MOST_SECONDS = 60.0


@dataclass
class Page:
    """An agent's page: it looks again when the stream names the conversation, and only then."""

    browser: AgentBrowser
    told: dict[str, int] = field(default_factory=dict)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Page"]:
        is_open = asyncio.Event()
        reading = asyncio.create_task(self._read(is_open))
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await is_open.wait()
            yield self
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, is_open: asyncio.Event) -> None:
        async with self.browser.http.stream("GET", "/inbox/live", timeout=None) as stream:
            async for line in stream.aiter_lines():
                is_open.set()
                name = line.removeprefix("event: ")
                if name == line:
                    continue
                async with self.changed:
                    self.told[name] = self.told.get(name, 0) + 1
                    self.changed.notify_all()

    async def shows(self, conversation: str, wanted: Callable[[str], object]) -> None:
        """Until it does."""
        name = f"conversation-{conversation}"
        async with asyncio.timeout(MOST_SECONDS):
            seen = 0
            while True:
                async with self.changed:
                    await self.changed.wait_for(lambda at=seen: self.told.get(name, 0) > at)  # type: ignore[misc]
                    seen = self.told[name]
                if wanted(await self.browser.page(f"/inbox/conversations/{conversation}")):
                    return

    def forget(self, conversation: str) -> None:
        """What was told until now says nothing of what comes."""
        self.told.pop(f"conversation-{conversation}", None)


@dataclass
class Times:
    """Seconds, by what was done and where."""

    took: dict[str, list[float]] = field(default_factory=dict)

    async def of(self, what: str, does: Awaitable[object], shown: Awaitable[object]) -> None:
        watching = asyncio.ensure_future(shown)
        began = time.monotonic()
        await does
        await watching
        self.took.setdefault(what, []).append(time.monotonic() - began)

    def told(self) -> str:
        return "\n".join(
            f"{what}: median {median(took) * 1000:.0f} ms, most {max(took) * 1000:.0f} ms"
            for what, took in self.took.items()
        )


def has(name: str) -> Callable[[str], object]:
    return lambda page: re.search(rf'badge is-with_agent">[^<]*: {name}', page)


async def from_slack(both: Both, page: Page, times: Times, ts: str, card: Json) -> None:
    """Ola does it in Slack; Anna sees it."""
    found, at = (await conversation_of(both.office, ts)).id, {"thread_ts": card["ts"]}

    async def timed(what: str, does: Awaitable[object], wanted: Callable[[str], object]) -> None:
        page.forget(found)
        await times.of(f"{what}, Slack to inbox", does, page.shows(found, wanted))

    await timed("claim", press(both.office, OLA, card, "claim"), has("Ola"))
    await shows(both.office, card, "reply")
    note = both.slack.post(OLA, TRIAGE, "Careful with this one", **at)
    await timed("note", note, lambda shown: "Careful with this one" in shown)
    reply = both.slack.post(OLA, TRIAGE, "!! I come over", **at)
    await timed("reply", reply, lambda shown: "I come over" in shown)
    await timed(
        "close", press(both.office, OLA, card, "close"), lambda shown: "badge is-closed" in shown
    )


async def from_inbox(both: Both, page: Page, times: Times, ts: str, card: Json) -> None:
    """Anna does it in the inbox; Slack shows it."""
    found = (await conversation_of(both.office, ts)).id

    async def timed(action: str, wanted: Callable[[], bool], **fields: str) -> None:
        epoch = (await conversation_of(both.office, ts)).epoch
        seen = both.slack.until(wanted, action, patience=MOST_SECONDS)

        async def does() -> None:
            answered = await page.browser.act(found, action, epoch=epoch, **fields)
            assert answered.status_code == 200, answered.text

        await times.of(f"{action}, inbox to Slack", does(), seen)

    def on_card() -> str:
        return json.dumps(both.slack.in_thread(card["ts"]))

    def to_them() -> str:
        return json.dumps(both.slack.in_thread(ts))

    await timed("claim", lambda: "Anna has it" in json.dumps(card["blocks"]))
    await timed("note", lambda: "He is new here" in on_card(), note="He is new here")
    await timed(
        "reply",
        lambda: (
            "We call you" in on_card() and "We call you" in json.dumps(both.slack.in_thread(ts))
        ),
        text="We call you",
        key=ts,
    )
    await timed("close", lambda: elements(card) == {})


async def test_what_is_done_on_one_side_shows_on_the_other_soon(both: Both) -> None:
    times = Times()
    async with both.inbox_of("Ola"), both.inbox_of("Anna") as anna, Page(anna).open() as page:
        for number in range(ROUNDS):
            await from_slack(both, page, times, *await both.asked(number))
            await from_inbox(both, page, times, *await both.asked(ROUNDS + number))
    print(times.told())  # noqa: T201 - the numbers are what one runs it for
    assert len(times.took) == 8
    assert max(max(took) for took in times.took.values()) < MOST_SECONDS
