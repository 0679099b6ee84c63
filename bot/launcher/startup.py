"""`firstline up`: from a checkout that is set up to a desk that answers."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.panel import Panel

from bot.launcher import LauncherError, Stopped
from bot.launcher.bots import Bot, open_bot
from bot.launcher.console import console, step
from bot.launcher.data_checks import check_before_training
from bot.launcher.ports import Address, desk_address, local_address, require_free
from bot.launcher.processes import Child, Processes, answers
from bot.launcher.progress import Follower, following
from bot.launcher.training import ENGINE_ENVIRONMENT, ENGINE_PYTHON, Training
from bot.settings import Settings

ENGINE_READY_SECONDS = 180.0


@dataclass(frozen=True)
class FirstAgent:
    """The account that a new installation begins with; no password: it existed already."""

    email: str
    password: str | None


@dataclass(frozen=True)
class Plan:
    """What `up` starts here; what is on another machine is not ours to start."""

    settings: Settings
    root: Path
    demo: bool = True

    @property
    def bot(self) -> Bot | None:
        """Somebody else's bot; None: ours."""
        return open_bot(self.settings, root=self.root)

    @property
    def logs(self) -> Path:
        """Where the children's output goes."""
        return self.settings.data_dir / "logs"

    @property
    def engine(self) -> Address | None:
        """Where the engine listens on this machine."""
        return local_address("engine", self.settings.engine_url, "FIRSTLINE_ENGINE_URL")

    @property
    def actions(self) -> Address | None:
        """Where the action server listens on this machine."""
        if self.bot is not None and not self.bot.has_actions:
            return None
        return local_address("action server", self.settings.actions_url, "FIRSTLINE_ACTIONS_URL")

    @property
    def orders(self) -> Address | None:
        """Where the demo's order service listens on this machine."""
        # Somebody else's bot knows nothing of our sample shop.
        url = self.settings.orders_url if self.demo and self.bot is None else ""
        return local_address("order service", url, "FIRSTLINE_ORDERS_URL")

    @property
    def itsm(self) -> Address | None:
        """Where the demo's IT service listens on this machine."""
        url = self.settings.itsm_url if self.demo and self.bot is None else ""
        return local_address("IT service", url, "FIRSTLINE_ITSM_URL")

    def addresses(self) -> list[Address]:
        """All ports that must be free."""
        here = [self.engine, self.actions, self.orders, self.itsm]
        found = [desk_address(self.settings), *here]
        return [address for address in found if address is not None]

    def training(self) -> Training:
        """The model that the engine will load."""
        models = self.settings.models_dir if self.bot is None else self.bot.place
        return Training(self.root, models=models, logs=self.logs, bot=self.bot)

    def children(self) -> list[Child]:
        """In the order in which they start; the desk comes last, when the others are ready."""
        found = []
        if self.orders is not None:
            found.append(self._orders(self.orders))
        if self.itsm is not None:
            found.append(self._itsm(self.itsm))
        if self.actions is not None:
            found.append(self._actions(self.actions))
        if self.engine is not None:
            found.append(self._engine(self.engine))
        return [*found, self._desk()]

    def _orders(self, at: Address) -> Child:
        return Child(
            name="order service",
            command=[sys.executable, "-m", "demo.orders", "--port", str(at.port)],
            log=self.logs / "orders.log",
            ready_url=f"{self.settings.orders_url.rstrip('/')}/healthz",
        )

    def _itsm(self, at: Address) -> Child:
        return Child(
            name="IT service",
            command=[sys.executable, "-m", "demo.itsm", "--port", str(at.port)],
            log=self.logs / "itsm.log",
            ready_url=f"{self.settings.itsm_url.rstrip('/')}/healthz",
        )

    def _actions(self, at: Address) -> Child:
        rasa = [str(self.root / ENGINE_PYTHON), "-m", "rasa_sdk"]
        return Child(
            name="action server",
            command=[*rasa, "--actions", "actions", "--port", str(at.port)],
            log=self.logs / "actions.log",
            environment=self._environment(with_engine=False),
            ready_url=f"http://{at.host}:{at.port}/health",
            cwd=self.bot.folder if self.bot else None,
        )

    def _engine(self, at: Address) -> Child:
        rasa = [str(self.root / ENGINE_PYTHON), "-m", "rasa", "run"]
        endpoints, credentials = Path("endpoints.yml"), Path("credentials.yml")
        if self.bot is not None:
            endpoints, credentials = self.bot.endpoints, self.bot.credentials
        files = ["--endpoints", str(endpoints), "--credentials", str(credentials)]
        place = ["-i", at.host, "--port", str(at.port)]
        return Child(
            name="engine",
            command=[*rasa, "--model", str(self.training().model), *files, *place],
            log=self.logs / "engine.log",
            environment=self._environment(with_engine=True),
            ready_url=f"{self.settings.engine_url.rstrip('/')}/webhooks/turn/ready",
            ready_seconds=ENGINE_READY_SECONDS,
            hopeless="Could not load model",
            cwd=self.bot.folder if self.bot else None,
        )

    def _desk(self) -> Child:
        return Child(
            name="desk",
            command=[str(firstline_command()), "serve"],
            log=self.logs / "service.log",
            ready_url=f"{desk_url(self.settings)}/readyz",
        )

    def _environment(self, *, with_engine: bool) -> Mapping[str, str]:
        return {
            **ENGINE_ENVIRONMENT,
            **(self.bot.environment(with_engine=with_engine) if self.bot else {}),
            "FIRSTLINE_ACTIONS_URL": self.settings.actions_url,
            "FIRSTLINE_ORDERS_URL": self.settings.orders_url,
            "FIRSTLINE_ITSM_URL": self.settings.itsm_url,
        }


def start_everything(settings: Settings, *, root: Path, demo: bool) -> None:
    """Runs until Ctrl-C (then returns) or until a child dies (then raises)."""
    plan = Plan(settings, root, demo=demo)
    if plan.bot is not None:
        plan.bot.prepare(settings, root=root)
    require_free(plan.addresses())
    with Processes(cwd=root) as processes, processes.stopping_on_signals():
        try:
            if plan.engine is not None:
                train_if_needed(plan.training(), processes)
            _start(plan, processes)
            # Last: a password that was made must be shown, whatever went wrong before.
            console.print(welcome(settings, ensure_first_agent(), bot=plan.bot))
            processes.watch()
        except Stopped:
            pass
        with step("Stopping"):
            processes.stop()


@contextmanager
def bot_alone(settings: Settings, *, root: Path) -> Iterator[None]:
    """Somebody else's bot without a desk, unless an engine answers already; ours is just there."""
    plan = Plan(settings, root, demo=False)
    if plan.bot is None or plan.engine is None or answers(f"{settings.engine_url}/"):
        yield
        return
    plan.bot.prepare(settings, root=root)
    with Processes(cwd=root) as processes:
        train_if_needed(plan.training(), processes)
        *helpers, _desk = plan.children()
        require_free(plan.addresses()[1:])
        _start_helpers(plan, helpers, processes)
        yield


def train_if_needed(training: Training, processes: Processes) -> None:
    """Trains unless the model is there and fresh."""
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


def desk_url(settings: Settings) -> str:
    """The desk's address as somebody on this machine reaches it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"


def firstline_command() -> Path:
    """The `firstline` of the environment that we run in."""
    return Path(sys.executable).with_name("firstline")


def _start(plan: Plan, processes: Processes) -> None:
    *helpers, desk = plan.children()
    _start_helpers(plan, helpers, processes)
    processes.start(desk)
    with step("Starting the desk"):
        processes.wait_until_ready(desk)


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
