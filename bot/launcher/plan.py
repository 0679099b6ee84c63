"""What `firstline up` starts: every process with its command, its place and its patience."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.launcher.bots import Bot, open_bot
from bot.launcher.ports import LOOPBACK, Address, desk_address, local_address
from bot.launcher.processes import Child
from bot.launcher.training import ENGINE_ENVIRONMENT, ENGINE_PYTHON, Training
from bot.settings import ENGINES_FILE, Settings

ENGINE_READY_SECONDS = 180.0
# Longer than a turn may take: whoever is asked to stop finishes what it holds.
ENGINE_STOP_SECONDS = 20.0
DESK_STOP_SECONDS = 25.0
# Stopped in turn, the highest first.
ENGINE_STAGE = 1
# The engine works in long strokes. A bot's answer may wait for one; what people say to people, and
# all pages, should not.
ENGINE_NICENESS = 5
DESK_STAGE = 2


@dataclass(frozen=True)
class Crowd:
    """More than one of a kind, and where those listen that no setting names.

    `more_engines`: ports of engines besides those of FIRSTLINE_ENGINE_URL. `desk_ports`: each
    service's own port, where `socket`, a file descriptor, is the one that all of them share.
    """

    more_engines: tuple[int, ...] = ()
    desk_ports: tuple[int, ...] = ()
    socket: int | None = None


ALONE = Crowd()


@dataclass(frozen=True)
class Plan:
    """What `up` starts here; what is on another machine is not ours to start."""

    settings: Settings
    root: Path
    demo: bool = True
    crowd: Crowd = ALONE
    # What the engines load; None: the model in use.
    model: Path | None = None

    @property
    def bot(self) -> Bot | None:
        """Somebody else's bot; None: ours."""
        return open_bot(self.settings, root=self.root)

    @property
    def logs(self) -> Path:
        """Where the children's output goes."""
        return self.settings.data_dir / "logs"

    @property
    def engines(self) -> list[Address]:
        """Where engines listen on this machine."""
        if self.settings.engine_url.startswith(ENGINES_FILE):
            return []  # whoever writes that file starts them
        found = [
            local_address("engine", url, "FIRSTLINE_ENGINE_URL")
            for url in self.settings.engine_urls()
        ]
        here = [address for address in found if address is not None]
        more = [Address("engine", LOOPBACK, port, "--engines") for port in self.crowd.more_engines]
        numbered = enumerate([*here, *more], 1)
        return [replace(each, process=_numbered("engine", number)) for number, each in numbered]

    @property
    def elsewhere(self) -> list[str]:
        """Addresses of engines on other machines."""
        urls = self.settings.engine_urls()
        here = [url for url in urls if local_address("engine", url, "")]
        return [url for url in urls if url not in here]

    @property
    def engines_file(self) -> Path:
        """Where the desks read which engines there are; a model's swap changes it."""
        return (self.root / self.settings.data_dir / "engines").resolve()

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
        found = [desk_address(self.settings), *self.engines, self.actions, self.orders, self.itsm]
        return [address for address in found if address is not None]

    def training(self) -> Training:
        """The model that the engine will load."""
        models = self.settings.models_dir if self.bot is None else self.bot.place
        return Training(self.root, models=models, logs=self.logs, bot=self.bot)

    def children(self) -> list[Child]:
        """In the order in which they start; the desks come last, when the others are ready."""
        return [*self.helpers(), *self.desks()]

    def helpers(self) -> list[Child]:
        """All but the desks."""
        found = []
        if self.orders is not None:
            found.append(self._orders(self.orders))
        if self.itsm is not None:
            found.append(self._itsm(self.itsm))
        if self.actions is not None:
            found.append(self.action_server(self.actions))
        return [*found, *(self.engine(each) for each in self.engines)]

    def desks(self) -> list[Child]:
        """One that listens by itself, or several behind one socket."""
        if not self.crowd.desk_ports:
            return [self._desk(1, [], f"{desk_url(self.settings)}/readyz")]
        shared = str(self.crowd.socket)
        return [
            self._desk(
                number,
                ["--socket", shared, "--own-port", str(port)],
                f"http://{LOOPBACK}:{port}/readyz",
            )
            for number, port in enumerate(self.crowd.desk_ports, 1)
        ]

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

    def action_server(self, at: Address) -> Child:
        """The custom actions, of ours or of somebody else's bot."""
        rasa = [str(self.root / ENGINE_PYTHON), "-m", "rasa_sdk"]
        return Child(
            name=at.process,
            command=[*rasa, "--actions", "actions", "--port", str(at.port)],
            log=self.logs / "actions.log",
            environment=self._environment(with_engine=False),
            ready_url=f"http://{at.host}:{at.port}/health",
            cwd=self.bot.folder if self.bot else None,
        )

    def engine(self, at: Address) -> Child:
        """An engine with the plan's model."""
        rasa = [str(self.root / ENGINE_PYTHON), "-m", "rasa", "run"]
        endpoints, credentials = Path("endpoints.yml"), Path("credentials.yml")
        if self.bot is not None:
            endpoints, credentials = self.bot.endpoints, self.bot.credentials
        files = ["--endpoints", str(endpoints), "--credentials", str(credentials)]
        place = ["-i", at.host, "--port", str(at.port)]
        return Child(
            name=at.process,
            command=[*rasa, "--model", str(self.model or self.training().model), *files, *place],
            log=self.logs / f"{at.process.replace(' ', '-')}.log",
            environment=self._environment(with_engine=True),
            ready_url=f"{at.url}/webhooks/turn/ready",
            ready_seconds=ENGINE_READY_SECONDS,
            hopeless="Could not load model",
            niceness=ENGINE_NICENESS,
            cwd=self.bot.folder if self.bot else None,
            stage=ENGINE_STAGE,
            patience=ENGINE_STOP_SECONDS,
        )

    def _desk(self, number: int, place: list[str], ready_url: str) -> Child:
        here = {"FIRSTLINE_ENGINE_URL": f"{ENGINES_FILE}{self.engines_file}"}
        return Child(
            name=_numbered("desk", number),
            command=[str(firstline_command()), "service", *place],
            log=self.logs / ("service.log" if number == 1 else f"service-{number}.log"),
            environment=here if self.engines else {},
            ready_url=ready_url,
            stage=DESK_STAGE,
            patience=DESK_STOP_SECONDS,
            sockets=[self.crowd.socket] if self.crowd.socket is not None else [],
        )

    def _environment(self, *, with_engine: bool) -> Mapping[str, str]:
        return {
            **ENGINE_ENVIRONMENT,
            **(self.bot.environment(with_engine=with_engine) if self.bot else {}),
            "FIRSTLINE_ACTIONS_URL": self.settings.actions_url,
            "FIRSTLINE_ORDERS_URL": self.settings.orders_url,
            "FIRSTLINE_ITSM_URL": self.settings.itsm_url,
        }


def desk_url(settings: Settings) -> str:
    """The desk's address as somebody on this machine reaches it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"


def firstline_command() -> Path:
    """The `firstline` of the environment that we run in."""
    return Path(sys.executable).with_name("firstline")


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"
