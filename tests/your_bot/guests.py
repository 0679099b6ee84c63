"""Runs a Rasa project that is not ours as `firstline up --bot` does, without the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.launcher.plan import Plan
from bot.launcher.processes import Processes
from bot.launcher.startup import train_if_needed
from bot.settings import Settings
from tests.processes import ROOT, free_port

PROJECTS = Path(__file__).parent / "projects"
# Kept, so that a second run need not train again.
PLACE = ROOT / "var" / "test-bots"


@dataclass(frozen=True)
class Guest:
    """A running engine with somebody else's bot."""

    http: httpx.Client
    plan: Plan
    processes: Processes


def guest_settings(folder: Path) -> Settings:
    """Free ports, and a place of its own for models."""
    return Settings(
        data_dir=PLACE,
        bot_dir=folder,
        port=free_port(),
        engine_url=f"http://127.0.0.1:{free_port()}",
        actions_url=f"http://127.0.0.1:{free_port()}/webhook",
        human_intents="talk_to_human, speak_to_nurse",
    )


@contextmanager
def guest(folder: Path) -> Iterator[Guest]:
    """Trains the project if needed and runs its engine and its actions."""
    settings = guest_settings(folder)
    plan = Plan(settings, ROOT, demo=False)
    assert plan.bot is not None
    plan.bot.prepare(settings, root=ROOT)
    with Processes(cwd=ROOT) as processes:
        train_if_needed(plan.training(), processes)
        *helpers, _desk = plan.children()
        for child in helpers:
            processes.start(child)
        for child in helpers:
            processes.wait_until_ready(child)
        with httpx.Client(base_url=settings.engine_url, timeout=30) as http:
            yield Guest(http, plan, processes)


def written_files(folder: Path) -> dict[str, bytes]:
    """Everything below the folder, to see that nothing was written there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
