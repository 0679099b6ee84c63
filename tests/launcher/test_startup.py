"""`firstline up` from start to Ctrl-C, with the real desk and a stand-in for Rasa."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.launcher import LauncherError
from bot.launcher.plan import Crowd, Plan, desk_url
from bot.launcher.startup import FirstAgent, require_engines_here, require_shared_parts, welcome
from bot.settings import Settings
from tests.processes import children, free_port

STAND_IN = """\
#!{python}
import http.server, io, json, os, pathlib, sys, tarfile, time
arguments = sys.argv[2:]
def after(flag):
    return arguments[arguments.index(flag) + 1]
if "engine.checks" in arguments:
    sys.exit(print("[]"))
print("stand-in", *arguments, flush=True)
if "train" in arguments:
    out = pathlib.Path(after("--out"))
    out.mkdir(parents=True)
    made = json.dumps({{"model_id": os.urandom(16).hex()}}).encode()
    with tarfile.open(out / "firstline.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(made)
        archive.addfile(member, io.BytesIO(made))
    sys.exit()
if {dies} and "rasa_sdk" in arguments:
    sys.exit("No module named actions")
model = "none"
if "--model" in arguments:
    with tarfile.open(after("--model")) as archive:
        metadata = json.load(archive.extractfile("metadata.json"))
    model = metadata["model_id"]
    if metadata.get("broken"):
        print("Could not load model: it is broken", flush=True)
        time.sleep(600)
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.say({{"model_id": model, "ready": True, "repeatable": True, "pid": os.getpid()}})
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(0.3)
        intent = {{"name": "greet", "confidence": 1.0}}
        self.say({{"replies": [], "intent": intent, "ranking": [], "entities": [], "slots": {{}},
            "handoff": None, "state": {{}}, "model_id": model, "took_ms": 1.0}})
    def say(self, body):
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(after("--port"))), Handler).serve_forever()
"""
UP = """
import sys
from pathlib import Path
from bot.launcher import LauncherError
from bot.launcher.startup import start_everything
from bot.settings import get_settings
try:
    engines = int(sys.argv[2])
    start_everything(get_settings(), root=Path(sys.argv[1]), demo=False, engines=engines)
except LauncherError as error:
    print(error)
    sys.exit(error.exit_code)
"""


class Checkout:
    """A folder with a stand-in engine, and `firstline up` running in it."""

    def __init__(self, root: Path, *, actions_die: bool = False) -> None:
        self.root = root
        self.ports = [free_port() for _ in range(3)]
        python = root / ".venv-engine/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(STAND_IN.format(python=sys.executable, dies=actions_die))
        python.chmod(0o755)
        (root / "domain.yml").write_text("version: '3.1'\n")

    @property
    def settings(self) -> dict[str, str]:
        desk, engine, actions = self.ports
        return {
            "FIRSTLINE_DATA_DIR": str(self.root / "var"),
            "FIRSTLINE_MODELS_DIR": str(self.root / "models"),
            "FIRSTLINE_PORT": str(desk),
            "FIRSTLINE_ENGINE_URL": f"http://127.0.0.1:{engine}",
            "FIRSTLINE_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
        }

    def up(self, *, engines: int = 1, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", UP, str(self.root), str(engines)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **self.settings, **settings, "COLUMNS": "200"},
        )

    def ports_are_free(self) -> bool:
        for port in self.ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        return True


def until_up(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    shown = ""
    for line in running.stdout:
        shown += line
        if "Ctrl-C stops it" in line:
            return shown
    raise AssertionError(f"it never came up:\n{shown}")


def test_up_trains_once_shows_the_password_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    with checkout.up() as running:
        first = until_up(running)
        running.send_signal(signal.SIGINT)
        assert running.wait(90) == 0
    assert "Training the bot" in first
    assert "One-time password" in first
    assert f"http://127.0.0.1:{checkout.ports[0]}/inbox" in first
    assert checkout.ports_are_free()

    with checkout.up() as running:
        second = until_up(running)
        running.send_signal(signal.SIGTERM)
        assert running.wait(90) == 0
    assert "The bot is trained already" in second
    assert "One-time password" not in second
    assert checkout.ports_are_free()


def test_a_dead_child_stops_everything_with_the_end_of_its_log(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, actions_die=True)
    with checkout.up() as running:
        shown, _ = running.communicate(timeout=90)
    assert running.returncode == 1
    assert "The action server stopped by itself (exit code 1)" in shown
    assert "No module named actions" in shown
    assert checkout.ports_are_free()


def test_a_desk_that_is_killed_while_up_starts_ends_it_with_its_log(tmp_path: Path) -> None:
    """Nobody is served yet, and somebody watches: to start it again would hide why it died."""
    checkout = Checkout(tmp_path)
    (tmp_path / "var").mkdir()
    # It does not get past its database, so it is not ready when it dies.
    with closing(sqlite3.connect(tmp_path / "var/firstline.db")) as held:
        held.execute("BEGIN EXCLUSIVE")
        with checkout.up() as running:
            until(lambda: children(running.pid, "firstline service"))
            (desk,) = children(running.pid, "firstline service")
            os.kill(desk, signal.SIGKILL)
            shown, _ = running.communicate(timeout=90)
    assert running.returncode == 1
    assert "The desk stopped by itself (exit code -9)" in shown
    assert str(tmp_path / "var/logs/service.log") in shown
    assert "One-time password" not in shown
    assert checkout.ports_are_free()


def test_two_engines_and_one_that_is_killed_comes_back(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    with checkout.up(engines=2) as running:
        shown = until_up(running)
        assert "Starting the engine 2" in shown
        urls = (tmp_path / "var/engines").read_text().split()
        assert urls[0] == f"http://127.0.0.1:{checkout.ports[1]}"
        assert len(set(urls)) == 2
        try:
            killed = pid_of(urls[1])
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            until(lambda: pid_of(urls[1]) not in (None, killed))
            until(lambda: engine_states(checkout)[1] != "open")
        finally:
            running.send_signal(signal.SIGINT)
            rest, _ = running.communicate(timeout=90)
    assert running.returncode == 0
    assert "The engine 2 stopped by itself (exit code -9); it is started again" in rest
    assert checkout.ports_are_free()


def engine_states(checkout: Checkout) -> list[str]:
    said = httpx.get(f"http://127.0.0.1:{checkout.ports[0]}/readyz", timeout=60).json()
    return [each["state"] for each in said["engine"]["engines"]]


def pid_of(url: str) -> int | None:
    try:
        return int(httpx.get(url, timeout=60).json()["pid"])
    except httpx.HTTPError:
        return None


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 100
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_several_services_need_what_they_share(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    require_shared_parts(settings, services=1)
    with pytest.raises(LauncherError, match=r"--services 2 needs PostgreSQL .+ and Redis") as no:
        require_shared_parts(settings, services=2)
    assert no.value.exit_code == 2


def test_engines_on_other_machines_are_not_ours_to_multiply(tmp_path: Path) -> None:
    for url in ("http://a.internal:5005,http://b.internal:5005", f"@{tmp_path / 'engines'}"):
        plan = Plan(Settings(engine_url=url, data_dir=tmp_path), tmp_path, demo=False)
        with pytest.raises(LauncherError, match="FIRSTLINE_ENGINE_URL") as no:
            require_engines_here(plan, engines=2)
        assert no.value.exit_code == 2


def test_engines_of_the_setting_are_started_here_or_left_alone_there(tmp_path: Path) -> None:
    urls = "http://127.0.0.1:5005,http://far.internal:5005,http://localhost:5006"
    plan = Plan(Settings(engine_url=urls, data_dir=tmp_path), tmp_path, demo=False)
    names = [child.name for child in plan.children()]
    assert names == ["action server", "engine", "engine 2", "desk"]
    assert plan.elsewhere == ["http://far.internal:5005"]


def test_services_share_one_socket_and_have_a_port_each(tmp_path: Path) -> None:
    crowd = Crowd(desk_ports=(9001, 9002), socket=7)
    first, second = Plan(Settings(data_dir=tmp_path), tmp_path, crowd=crowd).desks()
    assert second.name == "desk 2"
    assert second.sockets == first.sockets == [7]
    assert second.command[1:] == ["service", "--socket", "7", "--own-port", "9002"]
    assert second.ready_url == "http://127.0.0.1:9002/readyz"
    engines = tmp_path / "engines"
    assert second.environment == {"FIRSTLINE_ENGINE_URL": f"@{engines}"}


def test_what_is_on_another_machine_is_not_started(tmp_path: Path) -> None:
    settings = Settings(engine_url="http://engine.internal:5005", data_dir=tmp_path)
    plan = Plan(settings, tmp_path, demo=False)
    assert [child.name for child in plan.children()] == ["action server", "desk"]
    assert len(plan.addresses()) == 2


@pytest.mark.parametrize(
    ("host", "url"), [("0.0.0.0", "http://127.0.0.1:8080"), ("10.0.0.3", "http://10.0.0.3:8080")]
)
def test_the_desks_address_can_be_opened_here(tmp_path: Path, host: str, url: str) -> None:
    assert desk_url(Settings(host=host, data_dir=tmp_path)) == url


def test_the_welcome_shows_no_password_when_there_is_none(tmp_path: Path) -> None:
    shown = str(welcome(Settings(data_dir=tmp_path), FirstAgent("a@b.c", None)).renderable)
    assert "/inbox" in shown
    assert "assword" not in shown
