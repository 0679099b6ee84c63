"""The Slack connector against our fake Slack: `python -m benchmarks.slack`.

First 20 posts a second for a minute, without faults: from the event to its acknowledgement, to the
eyes and to the answer.
Then 10,000 posts with 5 % duplicates and 5 % of all calls going wrong: each answered once. The
engine answers at once, so that only the desk and the connector are measured.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.console import console
from tests.connectors.slack.fake import FakeSlack, fake_slack
from tests.connectors.slack.office import Office, open_office
from tests.connectors.slack.storm import Storm
from tests.desk import answer

# After its first 429 a channel takes a post a second, as in Slack: few channels would measure that.
CHANNELS = tuple(f"C0HELP{n:03}" for n in range(200))
DESKS = f"""
[it-help]
name = {{ en = "IT help", pl = "Pomoc IT" }}
[it-help.slack]
channels = {json.dumps(CHANNELS)}
"""


async def in_an_office(storm: Storm) -> tuple[Office, FakeSlack, float]:
    """The storm over a fresh desk; how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        async with fake_slack() as slack:
            for channel in CHANNELS:
                slack.add_channel(channel, channel.lower())
            async with open_office(slack, Path(folder), desks=DESKS) as office:
                office.engine.at_once = answer("Restart it.", intent="greet")
                began = time.monotonic()
                await storm.rage(office)
                return office, slack, time.monotonic() - began


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Milliseconds."""
    cuts = quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1000, 1), "p99": round(cuts[98] * 1000, 1)}


async def speed(per_second: float, seconds: float) -> dict[str, Any]:
    """From the event to its acknowledgement, to the eyes and to the answer."""
    storm = Storm(int(per_second * seconds), CHANNELS, share=0.0, per_second=per_second)
    _, slack, _ = await in_an_office(storm)
    eyes, answers = [], []
    for call in slack.calls:
        if call.method == "reactions.add":
            eyes.append(call.at - storm.sent_at[call.arguments["timestamp"]])
        elif call.method == "chat.postMessage":
            answers.append(call.at - storm.sent_at[call.arguments["thread_ts"]])
    acks = [slack.acked_at[key] - slack.sent_at[key] for key in slack.sent if key in slack.acked_at]
    return {
        "per_second": per_second,
        "events": storm.events,
        "acknowledged": len(acks),
        "acknowledgement_ms": percentiles(acks),
        "eyes_ms": percentiles(eyes),
        "answer_ms": percentiles(answers),
    }


async def endurance(events: int, per_second: float) -> dict[str, Any]:
    """How often each post was answered, with duplicates and faults."""
    storm = Storm(events, CHANNELS, per_second=per_second)
    office, slack, took = await in_an_office(storm)
    counted = Counter(len(storm.answers(slack).get(ts, ())) for ts in storm.sent_at)
    return {
        "events": events,
        "per_second": per_second,
        "seconds": round(took),
        "asked": len(office.engine.requests),
        "answered_once": counted[1],
        "lost": counted[0],
        "answered_twice": sum(count for times, count in counted.items() if times > 1),
    }


async def main() -> None:
    """Both, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of 20 posts a second")
    parser.add_argument("--events", type=int, default=10_000, help="of the long run; 0: none")
    parser.add_argument("--rate", type=float, default=40.0, help="posts a second in the long run")
    options = parser.parse_args()
    if options.seconds:
        console.print_json(data={"speed": await speed(20.0, options.seconds)})
    if options.events:
        console.print_json(data={"endurance": await endurance(options.events, options.rate)})


if __name__ == "__main__":
    asyncio.run(main())
