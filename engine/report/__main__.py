"""Run by `firstline nlu report` and by the tests: report.json, and confusion.png beside it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from engine.benchmark.rows import BadFile
from engine.checks.project import Project, read_project
from engine.progress import refuse, say, set_up_rasa
from engine.report.advice import advice
from engine.report.held_out import Question, Reply, confusions, intents, parts, read_questions

ROOT = Path(__file__).parents[2]
EVERY = 100


def main() -> int:
    """The exit code: 0, or 2 for files that cannot be used."""
    options = _arguments()
    project = read_project(ROOT)
    if project.unreadable:
        first = project.unreadable[0]
        return refuse(f"{first.place}: {first.what}. To mend it: {first.remedy}.")
    try:
        questions = read_questions(options.questions, project.desks)
    except BadFile as error:
        return refuse(str(error))
    say("Loading the model")
    replies = asyncio.run(_ask(options.model, questions))
    found = _report(replies, project, with_twins=not options.scores_only)
    found["model"] = str(options.model)
    options.out.mkdir(parents=True, exist_ok=True)
    content = json.dumps(found, indent=1, ensure_ascii=False)
    (options.out / "report.json").write_text(f"{content}\n", "utf-8")
    if not options.scores_only:
        say("Drawing")
        from engine.report.picture import draw

        draw(found["confusions"], options.out / "confusion.png")
    return 0


async def _ask(model: Path, questions: list[Question]) -> list[Reply]:
    set_up_rasa()
    from engine.understanding import Reader

    reader, replies = Reader(model), []
    for number, question in enumerate(questions):
        if number % EVERY == 0:
            say("Messages", number, len(questions))
        # As engine/turn_channel.py passes it.
        metadata: dict[str, Any] = {
            "desk": question.desk,
            "language": question.language,
            "facts": {},
        }
        got = await reader.read(question.text, metadata)
        replies.append(Reply(question, got.top or "", got.best, got.confidence))
    return replies


# `Any`: JSON.
def _report(replies: list[Reply], project: Project, *, with_twins: bool) -> dict[str, Any]:
    pairs: list[dict[str, Any]] = []
    twins: dict[str, set[str]] = {}
    if with_twins:
        say("Looking for near-duplicates")
        from engine.report import duplicates

        pairs = duplicates.near_duplicates(project)
        twins = duplicates.twins(pairs)
    count = Counter((example.intent, example.language) for example in project.examples)
    found = intents(replies)
    for intent in found:
        intent["examples"] = {
            language: count[intent["intent"], language] for language in intent["languages"]
        }
        intent["advice"] = advice(intent, count, twins)
    return {
        "parts": parts(replies),
        "intents": found,
        "confusions": confusions(replies),
        "near_duplicates": pairs,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.report")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--questions", type=Path, default=ROOT / "tests" / "nlu")
    parser.add_argument("--scores-only", action="store_true", help="no picture, no duplicates")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
