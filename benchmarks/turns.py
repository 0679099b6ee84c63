"""What one turn costs through an engine, and how many turns a second it takes."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml

from benchmarks.console import console

WINDOW = 10  # messages around a position
WARM_UP = 5
AT_ONCE = 16
EACH = 20

# Sends one message of a conversation; the answer is in when it returns.
Turn = Callable[[str], Awaitable[None]]
# Opens a conversation.
Talk = Callable[[httpx.AsyncClient], Turn]


def questions(desk: str) -> list[str]:
    """What customers ask in the desk's test stories, in both languages; no forms, no handoffs."""
    topic = {"customer-care": "care", "it-help": "it"}[desk]
    stories = yaml.safe_load(Path(f"tests/dialogues/{topic}.yml").read_text("utf-8"))["stories"]
    return [str(step["user"]).strip() for story in stories for step in story["steps"][:1]]


def ours(http: httpx.AsyncClient) -> Turn:
    """A conversation with our engine; the state travels with each turn."""
    conversation, state = str(uuid4()), None

    async def turn(text: str) -> None:
        nonlocal state
        body: dict[str, Any] = {
            "conversation": conversation,
            "text": text,
            "payload": None,
            "language": "en",
            "channel": "web",
            "desk": "customer-care",
            "facts": {},
            "state": state,
        }
        response = await http.post("/webhooks/turn/webhook", json=body)
        answer: dict[str, Any] = response.raise_for_status().json()
        state = answer["state"]

    return turn


def stock(http: httpx.AsyncClient) -> Turn:
    """A conversation with stock Rasa over its REST channel."""
    sender = str(uuid4())

    async def turn(text: str) -> None:
        body: dict[str, str] = {"sender": sender, "message": text}
        response = await http.post("/webhooks/rest/webhook", json=body)
        response.raise_for_status()

    return turn


async def timed(turn: Turn, text: str) -> float:
    """Milliseconds of one turn."""
    began = time.perf_counter()
    await turn(text)
    return (time.perf_counter() - began) * 1000


async def by_position(
    url: str, talk: Talk, positions: list[int], texts: Iterator[str], label: str
) -> dict[str, float]:
    """Median milliseconds of a turn around each position of one conversation."""
    result: dict[str, float] = {}
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        for _ in range(WARM_UP):
            await timed(talk(http), next(texts))
        firsts = [await timed(talk(http), next(texts)) for _ in range(WINDOW)]
        result["1"] = statistics.median(firsts)
        turn, taken = talk(http), []
        last = max(positions) + WINDOW // 2
        with console.status(label) as status:
            for position in range(1, last + 1):
                taken.append(await timed(turn, next(texts)))
                if position % 20 == 0:
                    status.update(f"{label}: message {position} of {last}")
    for position in positions:
        if position > 1:
            around = taken[position - 1 - WINDOW // 2 : position + WINDOW // 2]
            result[str(position)] = statistics.median(around)
    return result


async def per_second(url: str, talk: Talk, texts: list[str]) -> float:
    """Turns a second with AT_ONCE conversations at the same time."""
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:

        async def customer(offset: int) -> None:
            turn, lines = talk(http), cycle(texts[offset % len(texts) :] + texts)
            for _ in range(EACH):
                await turn(next(lines))

        await customer(0)
        began = time.perf_counter()
        await asyncio.gather(*(customer(offset) for offset in range(AT_ONCE)))
        return AT_ONCE * EACH / (time.perf_counter() - began)
