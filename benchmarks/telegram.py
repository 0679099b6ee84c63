"""From a customer's message in Telegram to the answer: `python -m benchmarks.telegram`.

A service (SQLite, a process of its own) with an engine that costs nothing, and a Telegram on
loopback, in this process, that is asked for updates. First 30 updates a second, on time; then many
at once, five in a hundred of them twice: each must be answered once. Telegram's own pace (30
messages a second, one a second in a chat) stays in force throughout: it is the most that can be.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks import world
from benchmarks.cpu import Meter, load_average
from tests.connectors.telegram.fake import ANNA, TOKEN, FakeTelegram, fake_telegram
from tests.processes import Running

PATIENCE_SECONDS = 900.0
WARM_UP = 30
OUT = Path("var/bench/telegram.json")


async def measure(*, rate: float, seconds: float, many: int, doubled: float) -> dict[str, Any]:
    """Both parts, one after the other, each on a desk of its own."""
    found: dict[str, Any] = {}
    if seconds:
        async with _desk() as (fake, service):
            found["on_time"] = await _on_time(fake, service, rate=rate, seconds=seconds)
    if many:
        async with _desk() as (fake, service):
            found["at_once"] = await _at_once(fake, service, many=many, doubled=doubled)
    return found


@asynccontextmanager
async def _desk() -> AsyncIterator[tuple[FakeTelegram, Running]]:
    world.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, world.stand_in() as engine:
        async with fake_telegram() as fake:
            opened = world.service(
                f"sqlite+aiosqlite:///{folder}/firstline.db",
                [engine.url],
                more={
                    "FIRSTLINE_DATA_DIR": folder,
                    "FIRSTLINE_TELEGRAM_TOKEN": TOKEN,
                    "FIRSTLINE_TELEGRAM_API_URL": fake.url,
                },
            )
            service = await asyncio.to_thread(opened.__enter__)
            try:
                await fake.wait_for_call("setMyCommands", times=3)
                await _warm_up(fake)
                yield fake, service
            finally:
                await asyncio.to_thread(opened.__exit__, None, None, None)


async def _warm_up(fake: FakeTelegram) -> None:
    """A service that has just begun takes longer for what it does for the first time."""
    for number in range(WARM_UP):
        await fake.says("warm", who={**ANNA, "id": 1_000 + number})
        await asyncio.sleep(0.1)
    await _until(lambda: len(fake.sent()) == WARM_UP)
    await asyncio.sleep(2.0)
    fake.calls.clear()


async def _on_time(
    fake: FakeTelegram, service: Running, *, rate: float, seconds: float
) -> dict[str, Any]:
    sent: dict[int, float] = {}
    arrived = _clock(fake)
    meter = Meter({"service": [service.process.pid], "driver": [os.getpid()]})
    meter.start()
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        sent[10_000 + number] = time.perf_counter()
        await fake.says(f"question {number}", who={**ANNA, "id": 10_000 + number})
    backlog = len(sent) - len(arrived)
    used = meter.read()
    await _until(lambda: len(arrived) == len(sent))
    took = [1000 * (arrived[who] - at) for who, at in sent.items()]
    half = len(took) // 2
    return {
        "updates": len(sent),
        **_percentiles(took),
        "second_half": _percentiles(took[half:]),
        "waiting_at_the_end": backlog,
        "cores": {part: round(cores, 2) for part, cores in used.items()},
        "load": load_average(),
    }


async def _at_once(
    fake: FakeTelegram, service: Running, *, many: int, doubled: float
) -> dict[str, Any]:
    chosen = random.Random(1)  # noqa: S311 - the same updates in every run
    updates = [
        {
            "update_id": number,
            "message": fake.message(f"question {number}", who={**ANNA, "id": 20_000 + number}),
        }
        for number in range(many)
    ]
    for one in chosen.sample(updates, int(many * doubled)):
        updates.append({**one, "update_id": len(updates)})
    arrived = _clock(fake)
    meter = Meter({"service": [service.process.pid], "driver": [os.getpid()]})
    meter.start()
    began = time.perf_counter()
    await fake.send_raw(*updates)
    await _until(lambda: not fake.updates and len(arrived) >= many)
    seconds, used = time.perf_counter() - began, meter.read()
    # What is answered twice may come a moment later.
    await asyncio.sleep(2.0)
    answers = Counter(int(call.given["chat_id"]) for call in fake.sent())
    return {
        "updates": len(updates),
        "seconds": round(seconds, 1),
        "per_second": round(many / seconds, 1),
        "lost": many - len(answers),
        "answered_twice": sum(count > 1 for count in answers.values()),
        "cores": {part: round(cores, 2) for part, cores in used.items()},
        "load": load_average(),
    }


def _percentiles(took: list[float]) -> dict[str, float]:
    cuts = quantiles(took, n=100)
    return {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1)}


def _clock(fake: FakeTelegram) -> dict[int, float]:
    """When each chat got its answer."""
    arrived: dict[int, float] = {}
    made = fake._result

    def result(method: str, call: Any) -> Any:
        if method == "sendMessage":
            arrived.setdefault(int(call.given["chat_id"]), time.perf_counter())
        return made(method, call)

    fake._result = result  # type: ignore[method-assign]
    return arrived


async def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("not all were answered")
        await asyncio.sleep(0.02)


def main() -> None:
    """Prints what came of it, and keeps it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=60.0, help="0: not at all")
    parser.add_argument("--many", type=int, default=10_000, help="0: not at all")
    given = parser.parse_args()
    found = asyncio.run(
        measure(rate=given.rate, seconds=given.seconds, many=given.many, doubled=0.05)
    )
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
