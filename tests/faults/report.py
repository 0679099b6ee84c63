"""What a run found: the table, and the same as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.faults.checks import KINDS, Verdict, acknowledged, delivered, repeated_calls
from tests.faults.play import Played
from tests.faults.schedule import Schedule


@dataclass(frozen=True)
class Problem:
    """Something that must not be, and how to see it again."""

    again: str
    kind: str
    what: str


@dataclass
class Tally:
    """One database's numbers. Times in seconds."""

    database: str
    seed: int
    schedules: int = 0
    sent: int = 0
    acknowledged: int = 0
    delivered: int = 0
    refused: int = 0
    repeated_calls: int = 0
    seconds: float = 0.0
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    struck: dict[str, int] = field(default_factory=dict)
    recovery: dict[str, list[float]] = field(default_factory=dict)
    never_recovered: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, schedule: Schedule, played: Played, verdict: Verdict) -> None:
        """Counts a schedule in."""
        evidence = played.evidence
        self.schedules += 1
        self.sent += len(evidence.sent)
        self.acknowledged += acknowledged(evidence.sent)
        self.refused += sum(1 for sent in evidence.sent if sent.refused)
        self.delivered += delivered(evidence)
        self.repeated_calls += repeated_calls(evidence)
        self.seconds += played.seconds
        for kind, what in verdict.problems:
            self.found[kind] += 1
            self.problems.append(Problem(again(schedule, self.database), kind, what))
        for struck in played.struck:
            self.struck[struck.fault] = self.struck.get(struck.fault, 0) + 1
            if struck.recovered_after is None:
                times = self.never_recovered.get(struck.fault, 0)
                self.never_recovered[struck.fault] = times + 1
            else:
                self.recovery.setdefault(struck.fault, []).append(struck.recovered_after)

    @property
    def is_good(self) -> bool:
        """Everything that must be zero is."""
        return not self.problems and not self.never_recovered


def again(schedule: Schedule, database: str) -> str:
    """The command that plays this schedule."""
    kind = " --real-engine 1" if schedule.is_real else ""
    pairs = " --short" if schedule.pairs else ""
    arguments = f"--seed {schedule.seed} --database {database}{pairs}{kind}"
    return f"make faults ARGS='{arguments} --only {schedule.number}'"


def show(console: Console, tallies: list[Tally]) -> None:
    """The tables."""
    console.print(_counts(tallies))
    console.print(_recovery(tallies))
    for tally in tallies:
        for problem in tally.problems[:20]:
            console.print(
                f"{problem.kind}: {problem.what}\n  again: {problem.again}",
                markup=False,
            )
        for fault, times in tally.never_recovered.items():
            console.print(f"{tally.database}: {fault} was never recovered from {times} times")


def _counts(tallies: list[Tally]) -> Table:
    table = Table("", title="Faults", title_justify="left")
    for tally in tallies:
        table.add_column(f"{tally.database}, seed {tally.seed}", justify="right")
    rows = ("schedules", "sent", "acknowledged", "refused", "delivered")
    for name in rows:
        table.add_row(name, *(f"{getattr(tally, name):,}" for tally in tallies))
    names = {"stale": "stale sends that reached a customer", "limbo": "in limbo"}
    for kind in KINDS:
        label = f"{names.get(kind, kind)} (must be 0)"
        table.add_row(label, *(str(tally.found[kind]) for tally in tallies))
    calls = (f"{tally.repeated_calls:,}" for tally in tallies)
    table.add_row("calls that the vendor got again, with the same key", *calls)
    pace = (f"{tally.seconds / max(tally.schedules, 1):.2f}" for tally in tallies)
    table.add_row("seconds a schedule", *pace)
    return table


def _recovery(tallies: list[Tally]) -> Table:
    table = Table("fault", title="Seconds until everybody was served again", title_justify="left")
    for tally in tallies:
        for column in ("times", "median", "worst"):
            table.add_column(f"{tally.database}\n{column}", justify="right")
    for fault in sorted({fault for tally in tallies for fault in tally.struck}):
        cells: list[str] = []
        for tally in tallies:
            took = tally.recovery.get(fault, [])
            cells.append(str(tally.struck.get(fault, "–")))
            cells += [f"{median(took):.2f}", f"{max(took):.2f}"] if took else ["–", "–"]
        table.add_row(fault, *cells)
    return table


def write(tallies: list[Tally], folder: Path) -> Path:
    """The same as JSON, in a file of this run's own."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join([*(tally.database for tally in tallies), str(tallies[0].seed)])
    path = folder / f"{name}.json"
    path.write_text(json.dumps([asdict(tally) for tally in tallies], indent=1))
    return path
