"""`python -m benchmarks.understanding --data DIR`: our pipeline on public sets, beside stock Rasa.

DIR has a folder for each set (banking77, clinc150, massive_pl, massive_en), each with train.csv and
test.csv (`text,intent`), and clinc150/test_oos.csv. Every run is one of `firstline nlu benchmark`,
which is printed; results go to var/bench/nlu and, all together, into a Markdown table.
"""

import argparse
import csv
import json
import random
import shlex
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.console import console

OUT = Path("var/bench/nlu")
FEW = 10
# Which FEW of an intent's examples: the draw is the same on every machine.
SEED = 1
COLUMNS = {
    "accuracy": ("accuracy, %", 100),
    "macro_f1": ("macro F1, %", 100),
    "ece": ("ECE, points", 100),
    "oos_auroc": ("AUROC", 1),
    "oos_recall_at_5_fpr": ("recall at 5 % FPR, %", 100),
    "coverage_2": ("coverage at 2 %", 100),
    "coverage_5": ("at 5 %", 100),
    "train_seconds": ("training, s", 1),
    "predict_ms_median": ("message, ms", 1),
    "peak_mb": ("peak, MB", 1),
}


class Task(NamedTuple):
    """A set, and whether all of its training examples are used."""

    folder: str
    few: bool

    @property
    def name(self) -> str:
        """As in the table."""
        return f"{self.folder}, {f'{FEW} per intent' if self.few else 'all'}"


TASKS = [
    Task(folder, few)
    for folder in ("banking77", "clinc150", "massive_pl", "massive_en")
    for few in (False, True)
]


def few_of_each(train: Path, target: Path) -> Path:
    """A training file with FEW random examples an intent."""
    with train.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    random.Random(SEED).shuffle(rows)  # noqa: S311
    taken: Counter[str] = Counter()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["text", "intent"], extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            taken[row["intent"]] += 1
            if taken[row["intent"]] <= FEW:
                writer.writerow(row)
    return target


def run(data: Path, task: Task, pipeline: str) -> Path:
    """One benchmark; the JSON file that it wrote."""
    folder = data / task.folder
    train, name = folder / "train.csv", f"{task.folder}-{FEW if task.few else 'all'}"
    if task.few:
        train = few_of_each(train, OUT / f"{name}.csv")
    out = OUT / f"{name}.{pipeline}.json"
    command = [".venv/bin/firstline", "nlu", "benchmark", "--train", str(train)]
    command += ["--test", str(folder / "test.csv"), "--pipeline", pipeline, "--out", str(out)]
    if (folder / "test_oos.csv").exists():
        command += ["--oos", str(folder / "test_oos.csv")]
    console.print(f"[bold]{task.name}, {pipeline}[/bold]\n{shlex.join(command)}")
    subprocess.run(command, check=True)
    return out


def table(results: list[tuple[Task, str, dict[str, Any]]]) -> str:
    """Markdown, a line a run."""
    head = ["set", "pipeline", *(title for title, _ in COLUMNS.values())]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for task, pipeline, found in results:
        cells = [_cell(key, found[key]) for key in COLUMNS]
        lines.append("| " + " | ".join([task.name, pipeline, *cells]) + " |")
    return "\n".join(lines)


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    number = value * COLUMNS[key][1]
    if key == "oos_auroc":
        return f"{number:.3f}"
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.understanding", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument(
        "--stock", action="store_true", help="stock Rasa beside ours, few-shot only"
    )
    parser.add_argument("--only", choices=[task.folder for task in TASKS], help="one set")
    parser.add_argument("--table", action="store_true", help="print what was measured before")
    options = parser.parse_args()
    results = []
    for task in TASKS:
        if options.only not in (None, task.folder):
            continue
        # Stock takes an hour and more on a whole set.
        for pipeline in ("shipped", "stock") if options.stock and task.few else ("shipped",):
            if options.table:
                out = OUT / f"{task.folder}-{FEW if task.few else 'all'}.{pipeline}.json"
                if not out.exists():
                    continue
            else:
                out = run(options.data, task, pipeline)
            results.append((task, pipeline, json.loads(out.read_text("utf-8"))))
    text = table(results)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "table.md").write_text(text + "\n", "utf-8")
    console.print(text, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
