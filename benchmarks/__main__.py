"""`make bench`: ours beside stock Rasa, in one run. See benchmarks/README.md."""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks import turns
from benchmarks.console import console
from benchmarks.memory import by_process, proportional_mb
from benchmarks.report import tables
from benchmarks.stock import stock_engine, train_stock
from benchmarks.trip import whole_trip
from tests.processes import dialogue_engine
from tests.product import start_product

FOLDER = Path("var/bench")
FAST = {"FIRSTLINE_MESSAGES_BURST": "100000", "FIRSTLINE_MESSAGES_PER_SECOND": "100000"}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER / "bench.json")
    parser.add_argument("--quick", action="store_true", help="up to message 300 only")
    parser.add_argument("--skip-stock", action="store_true", help="measure ours alone")
    parser.add_argument("--reuse-stock", action="store_true", help="do not train stock again")
    parser.add_argument(
        "--desk",
        action="store_true",
        help="also scale, idle sockets and their return (PostgreSQL, Redis; 8 min)",
    )
    parser.add_argument(
        "--long",
        action="store_true",
        help="and flat and inbox with a million, load for 10 minutes (60 min)",
    )
    parser.add_argument(
        "--widget",
        action="store_true",
        help="the chat widget beside published ones from npm, and nothing else (Chromium; 5 min)",
    )
    parser.add_argument(
        "--inbox-page",
        action="store_true",
        help="an agent's browser: long conversations and a day, and nothing else (Chromium; 6 min)",
    )
    return parser.parse_args()


def measure_engine(url: str, talk: turns.Talk, positions: list[int], name: str) -> dict[str, Any]:
    """Turn times by position and turns a second."""
    texts = turns.questions("customer-care")
    by_position = turns.by_position(url, talk, positions, cycle(texts), f"{name}: turns")
    times = asyncio.run(by_position)
    rate = asyncio.run(turns.per_second(url, talk, texts))
    console.print(f"[green]✓[/green] {name}: turns")
    return {"turn_ms": times, "turns_per_second": rate}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Everything, one after the other: two measurements at once would measure each other."""
    positions = [1, 10, 100, 300] if options.quick else [1, 10, 100, 300, 1000]
    results: dict[str, Any] = {"turn_ms": {}, "turns_per_second": {}, "seconds": {}}
    engines: dict[str, dict[str, Any]] = {}
    if not options.skip_stock:
        model = FOLDER.resolve() / "stock" / "stock.tar.gz"
        if not (options.reuse_stock and model.exists()):
            began = time.monotonic()
            model = train_stock(FOLDER.resolve() / "stock")
            results["seconds"]["training, stock"] = time.monotonic() - began
        with stock_engine(model, model.parent) as engine:
            engines["stock"] = measure_engine(engine.url, turns.stock, positions, "stock")
            stock_mb = proportional_mb(engine.process.pid)
    with dialogue_engine(FOLDER, actions_url="http://127.0.0.1:9/webhook") as engine:
        engines["ours"] = measure_engine(engine.url, turns.ours, positions, "ours")
    for name in sorted(engines):
        for key, value in engines[name].items():
            results[key][name] = value
    (data := FOLDER / "data").mkdir(exist_ok=True)
    with start_product(data, **FAST) as product:
        results["trip"] = asyncio.run(whole_trip(product))
        results["seconds"]["second start of `firstline up`"] = product.start_seconds
        results["memory_mb"] = by_process(product.process.pid)
    if not options.skip_stock:
        results["memory_mb"]["stock engine"] = stock_mb or 0.0
    return results


def measure_desk(*, long: bool) -> None:
    """The benchmarks that need PostgreSQL and Redis, each a program of its own: none leaves
    anything in the memory that another one measures."""
    programs = [["scale"], ["idle"], ["storm"]]
    if long:
        programs += [["flat"], ["inbox"], ["load", "--seconds", "600"]]
    for name, *more in programs:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *more], check=True)


def main() -> None:
    """Measures, writes the JSON file, prints the tables."""
    options = arguments()
    for is_wanted, name in ((options.widget, "widget"), (options.inbox_page, "inbox_page")):
        if is_wanted:
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
            return
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = measure(options)
    options.out.write_text(json.dumps(results, indent=1))
    for table in tables(results):
        console.print(table)
    console.print(f"All numbers: {options.out}")
    if options.desk or options.long:
        measure_desk(long=options.long)


if __name__ == "__main__":
    main()
