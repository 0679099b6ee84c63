"""What is played: the same seed makes the same schedules, and every fault is in them."""

import os
import subprocess
import sys

import pytest

from tests.faults.__main__ import options, schedules
from tests.faults.faults import BY_NAME, STEPS, names_for
from tests.faults.schedule import make_schedule
from tests.processes import ROOT

PRINTED = """
from tests.faults.faults import names_for
from tests.faults.schedule import make_schedule
for number in range(50):
    print(make_schedule(7, number, names_for("postgresql")))
"""


def test_another_process_makes_the_same_schedules_of_a_seed() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", PRINTED],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashing in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(set(said[0].splitlines())) == 50


def test_another_seed_makes_others() -> None:
    faults = names_for("sqlite")
    first, second = ([make_schedule(seed, n, faults) for n in range(20)] for seed in (1, 2))
    assert first == [make_schedule(1, n, faults) for n in range(20)]
    assert [s.strikes for s in first] != [s.strikes for s in second]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("arguments", [["--short"], ["--schedules", "1000"]])
def test_every_fault_of_a_database_strikes(database: str, arguments: list[str]) -> None:
    plain, _ = schedules(database, options(arguments))
    struck = {strike.fault for schedule in plain for strike in schedule.strikes}
    assert struck == set(names_for(database))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("victim", ["service", "engine", "actions"])
def test_each_process_dies_at_each_of_the_four_steps(victim: str, step: str) -> None:
    assert any(name.startswith(f"kill.{victim}@{step}") for name in BY_NAME)
