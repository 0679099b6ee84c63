"""The `firstline` command as a user meets it: a real process each."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.accounts.test_pictures import png


def firstline(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    env = {**os.environ, "FIRSTLINE_DATA_DIR": str(data), **settings}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_the_first_agent_gets_a_password_once(tmp_path: Path) -> None:
    first = json.loads(firstline(tmp_path, "agent", "ensure-first", "--json").stdout)
    assert first["email"] == "agent@example.com"
    assert len(first["password"]) >= 10
    again = json.loads(firstline(tmp_path, "agent", "ensure-first", "--json").stdout)
    assert again == {"email": "agent@example.com", "password": None}


def test_an_agent_is_added_with_a_one_time_password(tmp_path: Path) -> None:
    done = firstline(tmp_path, "agent", "add", "ola@example.com", "--name", "Ola")
    assert done.returncode == 0
    assert "ola@example.com can sign in at /inbox with the one-time password" in done.stdout
    again = firstline(tmp_path, "agent", "add", "ola@example.com", "--name", "Ola")
    assert again.returncode == 1
    assert "ola@example.com" in again.stderr
    assert "Traceback" not in again.stderr


def test_an_unknown_desk_is_a_sentence(tmp_path: Path) -> None:
    done = firstline(tmp_path, "agent", "add", "a@b.c", "--name", "A", "--desk", "sales")
    assert done.returncode == 1
    assert "sales" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["up", "serve", "doctor"])
def test_a_bad_setting_is_named(tmp_path: Path, command: str) -> None:
    done = firstline(tmp_path, command, FIRSTLINE_PORT="99999")
    assert done.returncode == 2
    assert done.stderr.startswith("FIRSTLINE_PORT: ")
    assert "99999" in done.stderr


def test_a_taken_port_ends_up_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        done = firstline(tmp_path, "up", FIRSTLINE_PORT=str(port))
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 (for the desk) is already taken" in done.stderr
    assert "FIRSTLINE_PORT" in done.stderr


def test_the_database_is_upgraded(tmp_path: Path) -> None:
    done = firstline(tmp_path, "db", "upgrade")
    assert done.returncode == 0, done.stderr
    assert "The database is at version" in done.stdout
    assert (tmp_path / "firstline.db").exists()


def test_the_doctor_ends_with_1_when_something_failed(tmp_path: Path) -> None:
    done = firstline(tmp_path, "doctor", FIRSTLINE_MODELS_DIR=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "✗ model:" in done.stdout
    assert "to mend it: firstline train" in done.stdout


def test_an_agent_gets_a_picture_and_loses_it(tmp_path: Path) -> None:
    firstline(tmp_path, "agent", "add", "ola@example.com", "--name", "Ola")
    file = tmp_path / "ola.png"
    file.write_bytes(png())
    done = firstline(tmp_path, "agent", "picture", "ola@example.com", str(file))
    assert (done.returncode, done.stdout) == (0, "ola@example.com has a new picture.\n")
    done = firstline(tmp_path, "agent", "picture", "ola@example.com")
    assert (done.returncode, done.stdout) == (0, "ola@example.com has no picture now.\n")


@pytest.mark.parametrize(
    ("content", "email", "code", "says"),
    [
        (b"MZ an executable", "ola@example.com", 1, "PNG, JPEG or WebP"),
        (png(), "nobody@example.com", 1, "nobody@example.com"),
        (None, "ola@example.com", 2, "cannot be read"),
    ],
)
def test_a_picture_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, content: bytes | None, email: str, code: int, says: str
) -> None:
    firstline(tmp_path, "agent", "add", "ola@example.com", "--name", "Ola")
    file = tmp_path / "ola.png"
    if content is not None:
        file.write_bytes(content)
    done = firstline(tmp_path, "agent", "picture", email, str(file))
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
