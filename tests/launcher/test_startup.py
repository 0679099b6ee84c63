"""`firstline up` from start to Ctrl-C, with the real desk and a stand-in for Rasa."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.launcher.startup import FirstAgent, Plan, desk_url, welcome
from bot.settings import Settings
from tests.processes import free_port

STAND_IN = """\
#!{python}
import http.server, pathlib, sys
arguments = sys.argv[2:]
def after(flag):
    return arguments[arguments.index(flag) + 1]
if "engine.checks" in arguments:
    sys.exit(print("[]"))
print("stand-in", *arguments, flush=True)
if "train" in arguments:
    out = pathlib.Path(after("--out"))
    out.mkdir(parents=True)
    (out / "firstline.tar.gz").write_text("model")
    sys.exit()
if {dies} and "rasa_sdk" in arguments:
    sys.exit("No module named actions")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"model_id": "m1", "ready": true}}')
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
    start_everything(get_settings(), root=Path(sys.argv[1]), demo=False)
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

    def up(self) -> subprocess.Popen[str]:
        desk, engine, actions = self.ports
        env = {
            "FIRSTLINE_DATA_DIR": str(self.root / "var"),
            "FIRSTLINE_MODELS_DIR": str(self.root / "models"),
            "FIRSTLINE_PORT": str(desk),
            "FIRSTLINE_ENGINE_URL": f"http://127.0.0.1:{engine}",
            "FIRSTLINE_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
        }
        return subprocess.Popen(
            [sys.executable, "-c", UP, str(self.root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **env, "COLUMNS": "200"},
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
        assert running.wait(20) == 0
    assert "Training the bot" in first
    assert "One-time password" in first
    assert f"http://127.0.0.1:{checkout.ports[0]}/inbox" in first
    assert checkout.ports_are_free()

    with checkout.up() as running:
        second = until_up(running)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    assert "The bot is trained already" in second
    assert "One-time password" not in second
    assert checkout.ports_are_free()


def test_a_dead_child_stops_everything_with_the_end_of_its_log(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, actions_die=True)
    with checkout.up() as running:
        shown, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "The action server stopped by itself (exit code 1)" in shown
    assert "No module named actions" in shown
    assert checkout.ports_are_free()


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
