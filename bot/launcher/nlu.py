"""`firstline nlu benchmark` and `report`: the engine's side measures, this side shows."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from rich.table import Table

from bot.launcher import LauncherError
from bot.launcher.console import console
from bot.launcher.engine_tool import USAGE_ERROR, run_tool
from bot.launcher.report_page import write_page
from bot.launcher.training import Training

# The keys of a result, as the table names them.
SHARES = {
    "accuracy": "accuracy, in scope",
    "macro_f1": "macro F1",
    "ece": "calibration error (ECE, 15 bins)",
    "oos_recall_at_5_fpr": "out of scope caught, 5 % refused wrongly",
    "coverage_2": "coverage, at most 2 % wrong",
    "coverage_5": "coverage, at most 5 % wrong",
}
NUMBERS = {
    "oos_auroc": ("out of scope, AUROC", "{:.4f}"),
    "train_seconds": ("training", "{:.1f} s"),
    "predict_ms_median": ("a message, median", "{:.2f} ms"),
    "predict_ms_p99": ("a message, 99th percentile", "{:.2f} ms"),
    "peak_mb": ("most memory", "{:.0f} MB"),
}
PIPELINES = ("shipped", "stock")
WEAKEST_SHOWN = 8


@dataclass(frozen=True)
class Benchmark:
    """What the user asked to measure."""

    train: Path
    test: Path
    out: Path
    oos: Path | None
    pipeline: str
    seed: int

    def seen_from(self, here: Path) -> Self:
        """The same with paths that hold in any folder."""
        file = self.pipeline if self.pipeline in PIPELINES else str(here / self.pipeline)
        oos = here / self.oos if self.oos else None
        return replace(
            self,
            train=here / self.train,
            test=here / self.test,
            out=here / self.out,
            oos=oos,
            pipeline=file,
        )

    def arguments(self) -> list[str]:
        """For the engine's side."""
        oos = ["--oos", str(self.oos)] if self.oos else []
        files = ["--train", str(self.train), "--test", str(self.test), "--out", str(self.out)]
        return [*files, *oos, "--pipeline", self.pipeline, "--seed", str(self.seed)]


def measure(task: Benchmark, *, root: Path, logs: Path) -> None:
    """Runs the benchmark and prints its table; raises LauncherError."""
    _refuse_unwritable(task.out)
    run_tool(
        "engine.benchmark",
        task.arguments(),
        title=f"Measuring {_pipeline_name(task.pipeline)}",
        root=root,
        log=logs / "benchmark.log",
    )
    console.print(benchmark_table(json.loads(task.out.read_text("utf-8"))))
    console.print(f"All numbers: {task.out}", soft_wrap=True)


def make_report(training: Training, folder: Path, *, logs: Path) -> None:
    """Writes report.json, confusion.png and report.html, and prints the essence."""
    if not training.model.exists():
        raise LauncherError(
            f"There is no model {training.model}. Make one: firstline train",
            exit_code=USAGE_ERROR,
        )
    if not training.is_current():
        console.print("[yellow]![/yellow] The bot's data changed after this model was trained.")
    _refuse_unwritable(folder / "report.json")
    run_tool(
        "engine.report",
        ["--model", str(training.model.resolve()), "--out", str(folder)],
        title="Asking the bot what it was never shown",
        root=training.root,
        log=logs / "nlu-report.log",
    )
    found = json.loads((folder / "report.json").read_text("utf-8"))
    page = write_page(found, folder)
    console.print(languages_table(found))
    console.print(weakest_table(found))
    console.print(f"The report: {page}", soft_wrap=True)


# `Any`: the result's JSON.
def benchmark_table(result: dict[str, Any]) -> Table:
    """What a person reads."""
    rows = result["rows"]
    title = (
        f"{_pipeline_name(result['pipeline'])}: {rows['intents']} intents, "
        f"{rows['train'] + rows['train_oos']} messages learned, {rows['test']} asked"
        f" and {rows['test_oos']} out of scope"
    )
    table = Table("what", "measured", title=title)
    shown = {key: (name, "{:.1%}") for key, name in SHARES.items()} | NUMBERS
    for key, (name, form) in shown.items():
        value = result[key]
        table.add_row(name, "no such messages" if value is None else form.format(value))
    return table


def languages_table(found: dict[str, Any]) -> Table:
    """A row for each language and desk."""
    table = Table("", "messages", "right", "out of scope caught", title="Held-out messages")
    for name, part in found["parts"].items():
        caught = part["out_of_scope_recall"]
        table.add_row(
            name,
            str(part["messages"]),
            f"{part['accuracy']:.1%}",
            "" if caught is None else f"{caught:.0%}",
        )
    return table


def weakest_table(found: dict[str, Any]) -> Table:
    """The intents that need work first."""
    table = Table("intent", "right", "what to add", title="Weakest intents")
    for intent in found["intents"][:WEAKEST_SHOWN]:
        table.add_row(intent["intent"], f"{intent['accuracy']:.0%}", " ".join(intent["advice"]))
    return table


def _pipeline_name(pipeline: str) -> str:
    return f"the {pipeline} pipeline" if pipeline in PIPELINES else Path(pipeline).name


def _refuse_unwritable(file: Path) -> None:
    """Before minutes of work, not after them."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        existed = file.exists()
        with file.open("a"):
            pass
        if not existed:
            file.unlink()
    except OSError as error:
        raise LauncherError(
            f"{file} cannot be written: {error.strerror}. Choose another with --out.",
            exit_code=USAGE_ERROR,
        ) from None
