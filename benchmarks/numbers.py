"""Small statistics, and results on disk and as Markdown."""

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.console import console
from benchmarks.cpu import load_average
from benchmarks.world import FOLDER


def summary(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and worst; what was not measured has none."""
    if len(milliseconds) < 2:
        return {"count": len(milliseconds)}
    return {
        "count": len(milliseconds),
        "median": statistics.median(milliseconds),
        "p99": statistics.quantiles(milliseconds, n=100)[98],
        "worst": max(milliseconds),
    }


def words(found: dict[str, float]) -> tuple[str, str]:
    """Median and 99th percentile for a table."""
    return f"{found.get('median', 0):.1f}", f"{found.get('p99', 0):.1f}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


# `Any`: the measurements as they go into the JSON file.
def keep(name: str, results: dict[str, Any], tables: Sequence[str]) -> Path:
    """Writes var/bench/NAME.json and NAME.md, and shows the tables."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    results |= {"ended": time.strftime("%Y-%m-%d %H:%M"), "load_average": load_average()}
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(results, indent=1))
    text = "\n\n".join(tables)
    path.with_suffix(".md").write_text(text + "\n")
    console.print(text, markup=False, soft_wrap=True)
    console.print(f"All numbers: {path} (load average {results['load_average']})")
    return path
