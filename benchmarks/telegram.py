"""From a customer's message in Telegram to the answer: `python -m benchmarks.telegram`.

A real service (SQLite) with an engine that costs nothing, and a Telegram on loopback that is asked
for updates. First 30 updates a second, on time; then many at once, five in a hundred of them twice:
each must be answered once. Telegram's own pace (30 messages a second, one a second in a chat) stays
in force in the first part, and is lifted in the second, which would take minutes with it.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from bot.messengers import telegram
from connectors.telegram import client
from tests.connectors.telegram.fake import ANNA, TOKEN, FakeTelegram, fake_telegram
from tests.desk import answer
from tests.server import open_server

PATIENCE_SECONDS = 600.0
OUT = Path("var/bench/telegram.json")


async def measure(*, rate: float, seconds: float, many: int, doubled: float) -> dict[str, Any]:
    """Both parts, one after the other."""
    timed = await _run(_on_time(rate, seconds), pace=True)
    counted = await _run(_at_once(many, doubled), pace=False)
    return {"on_time": timed, "at_once": counted}


async def _run(work: Any, *, pace: bool) -> dict[str, Any]:
    made = telegram.connection_of
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
    ):
        if not pace:
            patch.setattr(client, "OVERALL_PER_SECOND", 0)
            patch.setattr(
                telegram, "connection_of", lambda each: replace(made(each), chat_seconds=0.0)
            )
        place = {"telegram_token": TOKEN, "messages_burst": 1000}
        async with (
            fake_telegram() as fake,
            open_server(Path(folder), telegram_api_url=fake.url, **place) as server,
        ):
            server.engine.at_once = answer("Two working days.")
            await fake.wait_for_call("setMyCommands", times=3)
            result: dict[str, Any] = await work(fake)
            return result


def _on_time(rate: float, seconds: float) -> Any:
    async def work(fake: FakeTelegram) -> dict[str, Any]:
        sent: dict[int, float] = {}
        arrived = _clock(fake)
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            sent[10_000 + number] = time.perf_counter()
            await fake.says(f"question {number}", who={**ANNA, "id": 10_000 + number})
        await _until(lambda: len(arrived) == len(sent))
        took = sorted(1000 * (arrived[who] - at) for who, at in sent.items())
        cuts = quantiles(took, n=100)
        return {"updates": len(sent), "p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1)}

    return work


def _at_once(many: int, doubled: float) -> Any:
    async def work(fake: FakeTelegram) -> dict[str, Any]:
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
        began = time.perf_counter()
        await fake.send_raw(*updates)
        await _until(lambda: not fake.updates and len(fake.sent()) >= many)
        seconds = time.perf_counter() - began
        answers = Counter(int(call.given["chat_id"]) for call in fake.sent())
        return {
            "updates": len(updates),
            "seconds": round(seconds, 1),
            "lost": many - len(answers),
            "answered_twice": sum(count > 1 for count in answers.values()),
        }

    return work


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


async def _until(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("not all were answered")
        await asyncio.sleep(0.02)


def main() -> None:
    """Prints what came of it, and keeps it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--many", type=int, default=10_000)
    given = parser.parse_args()
    found = asyncio.run(
        measure(rate=given.rate, seconds=given.seconds, many=given.many, doubled=0.05)
    )
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
