"""`python -m benchmarks.widget`: our widget beside published ones, in one run. See README.md."""

import argparse
import gzip
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.console import console
from benchmarks.numbers import keep, markdown
from benchmarks.widgets.measure import before_opening, memory, opening
from benchmarks.widgets.peers import OURS, PEERS, Widget, fetch
from benchmarks.widgets.site import site
from benchmarks.world import FOLDER, service, stand_in
from tests.processes import ROOT, free_port, running

SCRIPT = ROOT / "frontend" / "dist" / "widget.js"
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--js-flags=--expose-gc"]
BROTLI = (
    "const z = require('zlib'); const parts = []; process.stdin.on('data', p => parts.push(p));"
    "process.stdin.on('end', () => console.log(z.brotliCompressSync(Buffer.concat(parts)).length))"
)


def sizes(files: Sequence[Path]) -> dict[str, float]:
    """Everything that the snippet loads, in kB: as it is, and compressed file by file."""
    contents = [file.read_bytes() for file in files]
    return {
        "kb": sum(map(len, contents)) / 1e3,
        "gzip_kb": sum(len(gzip.compress(one, 9)) for one in contents) / 1e3,
        "brotli_kb": sum(map(_brotli, contents)) / 1e3,
    }


def _brotli(content: bytes) -> int:
    done = subprocess.run(["node", "-e", BROTLI], input=content, capture_output=True, check=True)
    return int(done.stdout)


@contextmanager
def places(widgets: dict[Widget, Path], folder: Path) -> Iterator[str]:
    """The site with everything behind it: our service with an engine that costs nothing, and what
    the peers talk to."""
    with ExitStack() as stack:
        engine = stack.enter_context(stand_in())
        database = f"sqlite+aiosqlite:///{folder / 'widget.db'}"
        ours = stack.enter_context(service(database, [engine.url]))
        port = free_port()
        command = [str(ENGINE_PYTHON), "benchmarks/widgets/rasa_backend.py", str(port)]
        log = FOLDER / "rasa-backend.log"
        rasa = stack.enter_context(running(command, port=port, ready="/ready", log=log, env={}))
        yield stack.enter_context(site(widgets, free_port(), ours=ours.url, rasa=rasa.url))


# `Any`: measurements for the JSON file.
def measure(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Widget by widget; everything in the same browser of the same run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    widgets = {widget: fetch(widget, FOLDER / "widgets") for widget in (OURS, *PEERS)}
    results: dict[str, dict[str, Any]] = {}
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Chromium is not installed (on Debian and Ubuntu: apt install chromium)")
    with (
        TemporaryDirectory() as folder,
        places(widgets, Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        nothing = before_opening(browser, OURS, f"{address}/empty")
        for widget, place in widgets.items():
            files = [SCRIPT] if widget is OURS else [place / name for name in widget.files]
            page = f"{address}/of/{widget.key}"
            found = {"size": sizes(files), "before": before_opening(browser, widget, page)}
            found |= {"open": opening(browser, widget, page, times=options.times)}
            found |= {"after": memory(browser, widget, page, messages=options.messages)}
            if found["after"]["heap_mb"] is not None:
                found["after"]["heap_mb"] -= nothing["heap_mb"]
            found["before"]["heap_mb"] -= nothing["heap_mb"]
            results[widget.name] = found
            console.print(f"[green]✓[/green] {widget.name}")
        browser.close()
    return results


# What is told of each: title, part and name of the measurement, digits.
ROWS = (
    ("script and styles, kB", "size", "kb", 1),
    ("gzip, kB", "size", "gzip_kb", 1),
    ("brotli, kB", "size", "brotli_kb", 1),
    ("requests before it is opened", "before", "requests", 0),
    ("kB received before it is opened", "before", "kb", 1),
    ("heap before it is opened, MB", "before", "heap_mb", 2),
    ("click to ready, ms", "open", "ready_ms", 1),
    ("Enter to the first answer, ms", "open", "answer_ms", 1),
    ("heap after the messages, MB", "after", "heap_mb", 1),
    ("nodes after the messages", "after", "nodes", 0),
)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Numbers, and in brackets how many times ours."""
    ours = results[OURS.name]
    rows = []
    for title, part, name, digits in ROWS:
        own = ours[part][name]
        cells = [f"{own:.{digits}f}"]
        for peer in list(results.values())[1:]:
            value = peer[part][name]
            cells.append("–" if value is None else f"{value:.{digits}f} ({value / own:.1f}×)")
        rows.append([title, *cells])
    return markdown(["", *results], rows)


def main() -> None:
    """Measures, writes var/bench/widget.json and widget.md, prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.widget", description=__doc__)
    parser.add_argument("--times", type=int, default=7, help="how often each is opened")
    parser.add_argument("--messages", type=int, default=1000)
    results = measure(parser.parse_args())
    keep("widget", {"widgets": results}, [table(results)])


if __name__ == "__main__":
    main()
