"""`firstline up`: from a checkout that is set up to a desk that answers."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.panel import Panel

from bot.dialogue.addresses import write_addresses
from bot.launcher import LauncherError, Stopped
from bot.launcher.bots import Bot
from bot.launcher.console import console, step
from bot.launcher.data_checks import check_before_training
from bot.launcher.models import Models
from bot.launcher.plan import ENGINE_STAGE, Crowd, Plan, desk_url, firstline_command
from bot.launcher.ports import USAGE_ERROR, desk_address, free_ports, listen, require_free
from bot.launcher.processes import Child, Processes, answers
from bot.launcher.progress import Follower, following
from bot.launcher.supervise import Supervisor
from bot.launcher.swap import ModelSwap
from bot.launcher.training import Training
from bot.settings import Settings


@dataclass(frozen=True)
class FirstAgent:
    """The account that a new installation begins with; no password: it existed already."""

    email: str
    password: str | None


def start_everything(
    settings: Settings, *, root: Path, demo: bool, services: int = 1, engines: int = 1
) -> None:
    """Runs until Ctrl-C (then returns) or until a child cannot be kept alive (then raises)."""
    require_shared_parts(settings, services=services)
    plan = Plan(settings, root, demo=demo)
    require_engines_here(plan, engines=engines)
    if plan.bot is not None:
        plan.bot.prepare(settings, root=root)
    require_free(plan.addresses())
    with ExitStack() as opened:
        plan = replace(plan, crowd=_crowd(plan, opened, services=services, engines=engines))
        processes = opened.enter_context(Processes(cwd=root))
        opened.enter_context(processes.stopping_on_signals())
        try:
            if plan.engines:
                train_if_needed(plan.training(), processes)
                # Under its own name: an engine that is started again loads the same one.
                plan = replace(plan, model=Models(plan.training().model).keep())
            look = _start(plan, processes)
            # Last: a password that was made must be shown, whatever went wrong before.
            console.print(welcome(settings, ensure_first_agent(), bot=plan.bot))
            processes.watch(look)
        except Stopped:
            pass
        finally:
            plan.engines_file.unlink(missing_ok=True)
        with step("Stopping"):
            processes.stop()


def require_shared_parts(settings: Settings, *, services: int) -> None:
    """Several services must see the same conversations, and hear of each other's messages."""
    if services == 1:
        return
    lacking = []
    if settings.database_url.startswith("sqlite"):
        lacking.append("PostgreSQL (set FIRSTLINE_DATABASE_URL=postgresql+psycopg://…)")
    if not getattr(settings, "redis_url", None):
        lacking.append("Redis (set FIRSTLINE_REDIS_URL=redis://…)")
    if lacking:
        raise LauncherError(
            f"--services {services} needs {' and '.join(lacking)}: one service works without.",
            exit_code=USAGE_ERROR,
        )


def require_engines_here(plan: Plan, *, engines: int) -> None:
    """More engines can only be started beside those that are ours to start."""
    if engines > 1 and not plan.engines:
        raise LauncherError(
            f"--engines {engines} starts engines on this machine, and FIRSTLINE_ENGINE_URL names "
            "others alone: add them there, or unset it.",
            exit_code=USAGE_ERROR,
        )


def _crowd(plan: Plan, opened: ExitStack, *, services: int, engines: int) -> Crowd:
    """Chooses the ports that no setting names, and opens the socket that services share."""
    more = free_ports(max(0, engines - len(plan.engines)))
    if services == 1:
        return Crowd(more_engines=more)
    # Kept open here: while a service dies and comes back, nobody is turned away.
    shared = opened.enter_context(listen(desk_address(plan.settings)))
    return Crowd(more, desk_ports=free_ports(services), socket=shared.fileno())


@contextmanager
def bot_alone(settings: Settings, *, root: Path) -> Iterator[None]:
    """Somebody else's bot without a desk, unless an engine answers already; ours is just there."""
    plan = Plan(settings, root, demo=False)
    if plan.bot is None or not plan.engines or answers(f"{plan.engines[0].url}/"):
        yield
        return
    plan.bot.prepare(settings, root=root)
    with Processes(cwd=root) as processes:
        train_if_needed(plan.training(), processes)
        require_free(plan.addresses()[1:])
        _start_helpers(plan, plan.helpers(), processes)
        yield


def train_if_needed(training: Training, processes: Processes) -> None:
    """Trains unless the model is there and fresh."""
    if Models(training.model).is_chosen:
        chosen = "The bot has the model that was chosen with `firstline model`"
        console.print(f"[green]✓[/green] {chosen}; `firstline train` makes a new one")
        return
    if training.is_current():
        console.print("[green]✓[/green] The bot is trained already")
        return
    train_now(training, processes)


def train_now(training: Training, processes: Processes) -> None:
    """Checks what the bot is trained from, then trains; shows how far it is."""
    if training.bot is None:
        check_before_training(training.root)
    follower = Follower(training.log)
    with following(f"Training the bot (output in {training.log})", follower) as tick:
        training.run(processes, tick)
    Models(training.model).trained()


def ensure_first_agent() -> FirstAgent:
    """The first agent of a new installation, made by the desk's own command."""
    command = [str(firstline_command()), "agent", "ensure-first", "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise LauncherError(f"No first account could be made: {answer.stderr.strip()}")
    found = json.loads(answer.stdout)
    return FirstAgent(email=found["email"], password=found["password"])


def welcome(settings: Settings, agent: FirstAgent, *, bot: Bot | None = None) -> Panel:
    """Where to go now, and whose bot it is."""
    url = desk_url(settings)
    lines = [f"Chat widget (demo page)  {url}/", f"Inbox for agents         {url}/inbox"]
    if bot is not None:
        lines.insert(0, f"Bot                      {bot.name} ({bot.folder})")
    if agent.password is not None:
        lines += [
            f"First agent              {agent.email}",
            f"One-time password        [bold]{agent.password}[/bold]  (shown only this once)",
        ]
    lines.append(f"Logs                     {settings.data_dir / 'logs'}")
    return Panel(
        "\n".join(lines), title="Firstline is up", subtitle="Ctrl-C stops it", expand=False
    )


def _start(plan: Plan, processes: Processes) -> Callable[[], None]:
    """Everything in its order; what is returned keeps it running, and is to be called often."""
    helpers, desks = plan.helpers(), plan.desks()
    _start_helpers(plan, helpers, processes)
    if plan.engines:
        urls = [*(each.url for each in plan.engines), *plan.elsewhere]
        write_addresses(plan.engines_file, urls)
    for desk in desks:
        # One after the other: the first makes the tables and the secrets, if there are none.
        processes.start(desk)
        with step(f"Starting the {desk.name}"):
            processes.wait_until_ready(desk)
    supervisor = Supervisor(processes)
    for child in (*helpers, *desks):
        supervisor.keep(child)
    if not plan.engines:
        return supervisor.look
    engines = [child for child in helpers if child.stage == ENGINE_STAGE]
    swap = ModelSwap(plan, processes=processes, supervisor=supervisor, engines=engines)

    def look() -> None:
        supervisor.look()
        swap.look()

    return look


def _start_helpers(plan: Plan, helpers: list[Child], processes: Processes) -> None:
    for child in helpers:
        processes.start(child)
    for child in helpers:
        with step(f"Starting the {child.name}"):
            try:
                processes.wait_until_ready(child)
            except LauncherError:
                if plan.bot is not None:
                    plan.bot.explain(helpers)
                raise
