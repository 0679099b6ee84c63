"""Run by `firstline nlu benchmark`; the numbers go into a JSON file, how far it is to stdout."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from engine.benchmark.rows import BadFile, read_sets
from engine.progress import refuse, say

LARGEST_SEED = 2**32 - 1


def main() -> int:
    """The exit code: 0, or 2 for files that cannot be used."""
    options = _arguments()
    if not 0 <= options.seed <= LARGEST_SEED:
        return refuse(f"--seed must be a number from 0 to {LARGEST_SEED}.")
    say("Reading the files")
    try:
        sets = read_sets(options.train, options.test, options.oos)
        say("Loading Rasa")
        # Only now: a mistake in a file is told at once, Rasa takes seconds to load.
        from rasa.shared.exceptions import RasaException

        from engine.benchmark.pipelines import read_pipeline
        from engine.benchmark.run import measure

        config = read_pipeline(options.pipeline)
    except BadFile as error:
        return refuse(str(error))
    try:
        result = asyncio.run(measure(config, sets, pipeline=options.pipeline, seed=options.seed))
    except RasaException as error:
        return refuse(f"Rasa cannot train the pipeline {options.pipeline}: {error}")
    options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.benchmark")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--oos", type=Path)
    parser.add_argument("--pipeline", default="shipped")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
