"""The held-out messages, who is asked them, and how the answers add up. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.benchmark.rows import BadFile, read_rows

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
TYPING = "typing"
FILES = {"en": "held_out.en.csv", "pl": "held_out.pl.csv", TYPING: "typing.csv"}


@dataclass(frozen=True)
class Question:
    """A message as one desk gets it."""

    text: str
    intent: str
    desk: str | None
    language: str
    # `en`, `pl` or `typing`; `what` is what is special about it, such as a kind of typing error.
    source: str
    what: str = ""


@dataclass(frozen=True)
class Reply:
    """What the bot made of a question: `top` is what it acts on, `guess` the best real guess."""

    question: Question
    top: str
    guess: str | None
    confidence: float

    @property
    def right(self) -> bool:
        """A fallback asks back with the best guess on a button, so the guess counts; taking a
        message for out of scope ends the matter, so that counts as it is."""
        said = self.guess if self.top == FALLBACK else self.top
        return said == self.question.intent

    @property
    def refused(self) -> bool:
        """The bot does not answer: it says that it cannot help, or asks back."""
        return self.top in (OUT_OF_SCOPE, FALLBACK)


def read_questions(folder: Path, desks: dict[str, str]) -> list[Question]:
    """All held-out messages; one of an intent that all desks share is asked at each of them."""
    found = []
    for source, name in FILES.items():
        for row in read_rows(folder / name):
            language = row.more.get("language", source)
            if language not in FILES or language == TYPING:
                raise BadFile(
                    f"{folder / name}, line {row.line}: the language {language!r} is not one of "
                    "en, pl. Correct it."
                )
            found += [
                Question(row.text, row.intent, desk, language, source, row.more.get("what", ""))
                for desk in desks_of(row.intent, desks)
            ]
    return found


def desks_of(intent: str, desks: dict[str, str]) -> Sequence[str | None]:
    """The desks where an intent can be meant; [None] for a bot without desks."""
    own = next((desk for start, desk in desks.items() if intent.startswith(start)), None)
    return [own] if own else list(dict.fromkeys(desks.values())) or [None]


# `Any`: JSON from here on.
def score(replies: Sequence[Reply]) -> dict[str, Any]:
    """How a group of replies came out."""
    scoped = [reply for reply in replies if reply.question.intent != OUT_OF_SCOPE]
    outside = [reply for reply in replies if reply.question.intent == OUT_OF_SCOPE]
    return {
        "messages": len(replies),
        "accuracy": _share(reply.right for reply in scoped),
        "answered_right": _share(reply.right and not reply.refused for reply in scoped),
        "asked_back": _share(reply.top == FALLBACK for reply in scoped),
        "answered_wrong": _share(not reply.right and not reply.refused for reply in scoped),
        "out_of_scope_recall": _share(reply.refused for reply in outside) if outside else None,
    }


def _share(hits: Iterable[bool]) -> float | None:
    counted = list(hits)
    return round(sum(counted) / len(counted), 4) if counted else None


def parts(replies: Sequence[Reply]) -> dict[str, dict[str, Any]]:
    """Scores by language, by language and desk, and of each kind of careless typing."""
    groups: dict[str, list[Reply]] = {source: [] for source in FILES}
    by_desk: dict[str, list[Reply]] = defaultdict(list)
    by_kind: dict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        question = reply.question
        groups[question.source].append(reply)
        if question.source != TYPING and question.desk is not None:
            by_desk[f"{question.source}, {question.desk}"].append(reply)
        if question.source == TYPING and question.what:
            by_kind[f"{TYPING}: {question.what}"].append(reply)
    every = {**groups, **dict(sorted(by_desk.items())), **dict(sorted(by_kind.items()))}
    return {name: score(group) for name, group in every.items()}


def intents(replies: Sequence[Reply]) -> list[dict[str, Any]]:
    """Each intent over both languages, the weakest first, with its mistakes; without typing."""
    by_intent: dict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        if reply.question.source != TYPING:
            by_intent[reply.question.intent].append(reply)
    found = [_intent(name, group) for name, group in by_intent.items()]
    return sorted(found, key=lambda one: (one["accuracy"], one["intent"]))


def _intent(name: str, replies: list[Reply]) -> dict[str, Any]:
    languages = sorted({reply.question.language for reply in replies})
    return {
        "intent": name,
        "accuracy": _share(_good(reply) for reply in replies),
        "messages": len(replies),
        "languages": {
            language: _share(_good(one) for one in replies if one.question.language == language)
            for language in languages
        },
        "mistakes": [_mistake(reply) for reply in replies if not _good(reply)],
    }


def _good(reply: Reply) -> bool:
    outside = reply.question.intent == OUT_OF_SCOPE
    return reply.refused if outside else reply.right


def _said(reply: Reply) -> str:
    """What the picture shows; asking back is as good as refusing when it is out of scope."""
    if _good(reply):
        return reply.question.intent
    return (reply.guess if reply.top == FALLBACK else reply.top) or FALLBACK


def _mistake(reply: Reply) -> dict[str, Any]:
    question = reply.question
    return {
        "text": question.text,
        "language": question.language,
        "desk": question.desk,
        "taken_for": reply.top,
        "guess": reply.guess,
        "confidence": round(reply.confidence, 3),
    }


def confusions(replies: Sequence[Reply]) -> dict[str, list[dict[str, Any]]]:
    """For each desk: which intent was taken for which, and how often; the right ones too."""
    counted: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for reply in replies:
        if reply.question.source != TYPING:
            counted[reply.question.desk or "all"][reply.question.intent, _said(reply)] += 1
    return {
        desk: [
            {"intent": intent, "taken_for": said, "times": times}
            for (intent, said), times in sorted(pairs.items())
        ]
        for desk, pairs in sorted(counted.items())
    }
