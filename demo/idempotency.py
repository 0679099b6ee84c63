"""A call that is repeated with the same Idempotency-Key has one effect and one answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# `Any`: the JSON of whatever service uses this.
Json = dict[str, Any]
MAX_KEPT = 10_000


class KeyReused(Exception):
    """The key came before, with another request: answering with the old result would be wrong."""


@dataclass(frozen=True)
class _Done:
    request: str
    answer: Json


class Once:
    """Remembers what was done under which key; the oldest is forgotten when it gets full."""

    def __init__(self) -> None:
        self._done: dict[str, _Done] = {}

    def run(self, key: str | None, request: Json, effect: Callable[[], Json]) -> Json:
        """The effect's answer, from memory when it is there; a failed effect may be repeated."""
        if key is None:
            return effect()
        asked = json.dumps(request, sort_keys=True, default=str)
        before = self._done.get(key)
        if before is not None:
            if before.request != asked:
                raise KeyReused(key)
            return before.answer
        answer = effect()
        if len(self._done) >= MAX_KEPT:
            self._done.pop(next(iter(self._done)))
        self._done[key] = _Done(asked, answer)
        return answer
