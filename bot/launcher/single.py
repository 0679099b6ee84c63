"""One process of the desk alone, for systemd or a container: what runs is this very process."""

import os
import socket
from collections.abc import Mapping
from dataclasses import replace

import uvicorn

from bot.launcher import LauncherError
from bot.launcher.plan import Plan
from bot.launcher.ports import LOOPBACK, USAGE_ERROR, Address, local_address, require_free
from bot.launcher.processes import Child, let_others_go_first
from bot.launcher.serving import DeskServer
from bot.settings import Settings

MAX_FRAME_BYTES = 64 * 1024
GRACEFUL_SECONDS = 3
# Longer than a proxy keeps its connections to us (nginx: 60 s): whoever closes first while the
# other sends loses that request, and only we know when we do.
KEEP_ALIVE_SECONDS = 75
FAILED_TO_START = 3


def run_service(
    settings: Settings,
    *,
    port: int | None = None,
    shared: int | None = None,
    own_port: int | None = None,
) -> None:
    """Serves until SIGTERM: then it takes nothing new and finishes what it holds.

    Raises BadSetting where the desk cannot start with one of its settings.

    Its sockets are closed with 1012 (“service restart”), so that widgets connect to another. With
    `shared`, it takes its part of an inherited socket's connections, besides its own port's.
    """
    config = uvicorn.Config(
        "bot.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port if port is None else port,
        log_level=settings.log_level.lower(),
        access_log=False,
        ws_max_size=MAX_FRAME_BYTES,
        # Frames are small; a compressor each would cost every idle socket its memory.
        ws_per_message_deflate=False,
        # Widgets ask by themselves every 25 s; this is for a browser that has vanished in silence.
        ws_ping_interval=60,
        ws_ping_timeout=60,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        # An open inbox holds a stream that never ends by itself.
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    server = DeskServer(config)
    sockets = None if shared is None else [_inherited(shared), *_own(own_port)]
    try:
        server.run(sockets)
    except KeyboardInterrupt:
        return  # it has stopped in good order: uvicorn raises its signal once more at the end
    if not server.started:
        raise SystemExit(FAILED_TO_START)


def become_engine(plan: Plan, *, host: str, port: int | None) -> None:
    """Replaces this process with an engine, so that signals reach it; does not return."""
    named = plan.engines[0] if plan.engines else Address("engine", LOOPBACK, 5005, "--port")
    at = replace(named, host=host or named.host, port=named.port if port is None else port)
    if plan.bot is not None:
        plan.bot.prepare(plan.settings, root=plan.root)
    model = plan.model or plan.training().model
    if not model.is_file():
        raise LauncherError(
            f"{model} does not exist: train it with `firstline train`, or name one with --model.",
            exit_code=USAGE_ERROR,
        )
    _become(plan.engine(at), at, plan)


def become_action_server(plan: Plan, *, port: int | None) -> None:
    """Replaces this process with the action server; does not return."""
    named = plan.actions or local_address("action server", "http://127.0.0.1:5055", "--port")
    if named is None or (plan.bot is not None and not plan.bot.has_actions):
        raise LauncherError("This bot has no actions of its own.", exit_code=USAGE_ERROR)
    at = named if port is None else replace(named, port=port)
    _become(plan.action_server(at), at, plan)


def _become(child: Child, at: Address, plan: Plan) -> None:
    require_free([at])
    environment: Mapping[str, str] = {**os.environ, "PYTHONUNBUFFERED": "1", **child.environment}
    program = child.command[0]
    if child.niceness:
        let_others_go_first(os.getpid(), child.niceness, has_session=False)
    os.chdir(child.cwd or plan.root)
    try:
        os.execve(program, list(child.command), dict(environment))  # noqa: S606
    except OSError as error:
        raise LauncherError(
            f"The {child.name} cannot be started: {program}: {error.strerror}. Run `make setup`.",
            exit_code=USAGE_ERROR,
        ) from None


def _inherited(descriptor: int) -> socket.socket:
    try:
        found = socket.socket(fileno=descriptor)
        if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return found
        found.detach()
    except OSError:
        pass
    raise LauncherError(
        f"--socket {descriptor} is no listening socket that this process has inherited.",
        exit_code=USAGE_ERROR,
    )


def _own(port: int | None) -> list[socket.socket]:
    if port is None:
        return []
    at = Address("desk", LOOPBACK, port, "--own-port")
    require_free([at])
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((LOOPBACK, port))
    return [opened]
