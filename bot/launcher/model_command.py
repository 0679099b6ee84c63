"""`firstline model list | use | back`: which model answers."""

import time
from pathlib import Path

import httpx
from rich.markup import escape

from bot.launcher import LauncherError
from bot.launcher.console import console, step
from bot.launcher.models import Model, Models, model_id
from bot.launcher.plan import Plan
from bot.launcher.swap import problem_file

POLL_SECONDS = 0.5
MOST_SECONDS = 400.0


def show_models(plan: Plan) -> None:
    """A line for each kept model."""
    models = Models(plan.training().model)
    found = models.all()
    if not any(model.in_use for model in found) and models.in_use.exists():
        models.keep()
        found = models.all()
    if not found:
        console.print("There is no trained model yet: `firstline train` makes one.")
    for model in found:
        console.print(f"{'*' if model.in_use else ' '} {model.name}", soft_wrap=True)


def use_model(plan: Plan, wanted: str, *, seen_from: Path) -> None:
    """Puts it into use, and waits until the engines of a running `firstline up` answer with it."""
    problem_file(plan).unlink(missing_ok=True)
    _serve(plan, Models(plan.training().model).use(wanted, seen_from=seen_from))


def go_back(plan: Plan) -> None:
    """As use_model, with the model before."""
    problem_file(plan).unlink(missing_ok=True)
    _serve(plan, Models(plan.training().model).back())


def _serve(plan: Plan, model: Model) -> None:
    console.print(f"[green]✓[/green] {escape(model.name)} is in use", soft_wrap=True)
    if not plan.engines_file.is_file():
        console.print(
            "No `firstline up` runs here. Engines that run by themselves load it when they are "
            "restarted: one after the other, and no turn is lost."
        )
        return
    wanted = model_id(model.file)
    with step("Loading it into the engines"):
        deadline = time.monotonic() + MOST_SECONDS
        while not _answers_with(plan, wanted):
            problem = problem_file(plan)
            if problem.is_file():
                back = "`firstline model back` puts the one before into use again."
                raise LauncherError(f"{problem.read_text('utf-8')} {back}")
            if time.monotonic() > deadline:
                raise LauncherError(f"The engines do not answer with it yet; see {plan.logs}.")
            time.sleep(POLL_SECONDS)


def _answers_with(plan: Plan, wanted: str) -> bool:
    try:
        urls = plan.engines_file.read_text("utf-8").split()
        # Those on other machines are not ours to change.
        return bool(urls) and all(
            _model_of(url) == wanted for url in urls if url not in plan.elsewhere
        )
    except OSError:
        raise LauncherError("`firstline up` has stopped meanwhile.") from None


def _model_of(url: str) -> str | None:
    try:
        said = httpx.get(f"{url}/webhooks/turn/ready", timeout=5.0, trust_env=False).json()
        return str(said["model_id"])
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return None
