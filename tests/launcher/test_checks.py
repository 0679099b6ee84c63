"""The doctor: each fault is found, named, and comes with a remedy."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot import migrations
from bot.launcher.bot_checks import Check, State
from bot.launcher.checks import ENCODER, examine, report
from bot.settings import Settings
from tests.processes import free_port
from tests.redis_server import OwnRedis
from tests.smtp_server import smtp_server

DESKS = '[it-help]\nname = { en = "IT help", pl = "Pomoc IT" }\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "desks.toml").write_text(DESKS)
    (tmp_path / "var").mkdir()
    return Settings(
        data_dir=tmp_path / "var",
        desks_file=tmp_path / "desks.toml",
        models_dir=tmp_path / "models",
        port=free_port(),
        engine_url=f"http://127.0.0.1:{free_port()}",
        actions_url=f"http://127.0.0.1:{free_port()}/webhook",
        orders_url=f"http://127.0.0.1:{free_port()}",
        itsm_url=f"http://127.0.0.1:{free_port()}",
    )


def found(settings: Settings, name: str) -> Check:
    root = settings.desks_file.parent
    return next(check for check in examine(settings, root=root) if check.name == name)


def test_an_empty_checkout_is_told_what_to_run(settings: Settings) -> None:
    checks = {c.name: c for c in examine(settings, root=settings.desks_file.parent)}
    assert checks["engine packages"].remedy == "make setup"
    assert checks["service packages"].state is State.FAIL
    assert checks["model"].remedy == "firstline train"
    assert checks["database"].remedy == "firstline db upgrade"
    assert checks["engine"] == Check("engine", State.WARN, "is not running", "firstline up")
    assert checks["desk"].state is State.WARN
    assert all(check.remedy for check in checks.values() if check.state is not State.OK)


def test_a_migrated_database_is_in_order(settings: Settings) -> None:
    migrations.upgrade(settings.database_url)
    assert found(settings, "database").state is State.OK


def test_a_database_that_cannot_be_opened_is_a_failure(settings: Settings) -> None:
    (settings.data_dir / "firstline.db").write_text("this is no database at all" * 50)
    check = found(settings, "database")
    assert check.state is State.FAIL
    assert "FIRSTLINE_DATABASE_URL" in str(check.remedy)


def test_redis_is_named_with_its_state(settings: Settings, own_redis: OwnRedis) -> None:
    assert found(settings, "redis").detail.startswith("not used")
    with_redis = settings.model_copy(update=own_redis.settings)
    assert found(with_redis, "redis").state is State.OK
    own_redis.kill()
    away = found(with_redis, "redis")
    assert away.state is State.FAIL
    assert "FIRSTLINE_REDIS_URL" in str(away.remedy)


def test_secrets_that_others_can_read_are_a_failure(settings: Settings) -> None:
    secrets = settings.data_dir / "secrets.json"
    secrets.write_text("{}")
    secrets.chmod(0o644)
    assert found(settings, "secrets").remedy == f"chmod 600 {secrets}"
    secrets.chmod(0o600)
    assert found(settings, "secrets").state is State.OK


def test_a_stale_model_is_a_warning(settings: Settings) -> None:
    settings.models_dir.mkdir()
    (settings.models_dir / "firstline.tar.gz").write_bytes(b"model")
    assert found(settings, "model").state is State.WARN


def test_a_missing_encoder_is_a_warning_that_says_what_is_worse(settings: Settings) -> None:
    folder = settings.desks_file.parent / ENCODER
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text("{}")
    check = found(settings, "sentence encoder")
    assert (check.state, check.remedy) == (State.WARN, "make setup, then firstline train")
    assert "model.onnx is missing" in check.detail
    (folder / "model.onnx").write_bytes(b"")
    assert found(settings, "sentence encoder").state is State.OK


def test_a_broken_desks_file_is_named(settings: Settings) -> None:
    settings.desks_file.write_text("[it-help\n")
    assert found(settings, "desks").state is State.FAIL


@pytest.fixture
def stranger(settings: Settings) -> Iterator[None]:
    """Something else on the engine's port: it accepts and hangs up."""
    port = int(settings.engine_url.rpartition(":")[2])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        yield


@pytest.mark.usefixtures("stranger")
def test_a_port_in_other_hands_is_a_failure(settings: Settings) -> None:
    check = found(settings, "engine")
    assert check.state is State.FAIL
    assert "FIRSTLINE_ENGINE_URL" in str(check.remedy)


@pytest.fixture
def unready_desk(settings: Settings) -> Iterator[None]:
    """A desk whose engines are all gone."""
    since = "2026-11-28T10:00:00+00:00"
    engine = {"ok": False, "model": None, "down_since": since}
    said = {"ready": False, "engine": engine, "database": {"ok": True}, "outbox": {"dead": 0}}

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", settings.port), Desk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


@pytest.mark.usefixtures("unready_desk")
def test_a_desk_without_an_engine_is_a_failure_that_says_since_when(settings: Settings) -> None:
    desk, bot = found(settings, "desk"), found(settings, "bot")
    assert desk.state is bot.state is State.FAIL
    assert "not ready: engine (" in desk.detail
    assert "no engine answers since 2026-11-28T10:00" in bot.detail


def test_the_report_is_healthy_unless_something_failed() -> None:
    shown: list[str] = []
    fine, odd = Check("a", State.OK, "good"), Check("b", State.WARN, "odd", "look")
    assert report(iter([fine, odd]), shown.append)
    assert not report(iter([fine, Check("c", State.FAIL, "bad", "mend")]), shown.append)
    assert shown[1] == "[yellow]![/yellow] b: odd\n    to mend it: look"


def test_a_mail_server_is_asked_whether_it_takes_our_mail(settings: Settings) -> None:
    assert found(settings, "mail").detail.startswith("not used")
    sender = {"smtp_from": "desk@acme.example"}
    with smtp_server() as postbox:
        place = f"127.0.0.1:{postbox.port}"
        mailing = settings.model_copy(update={"smtp_url": f"smtp+plain://{place}"} | sender)
        assert found(mailing, "mail").state is State.OK
        unsafe = settings.model_copy(update={"smtp_url": f"smtp://{place}"} | sender)
        refused = found(unsafe, "mail")
        assert refused.state is State.FAIL
        assert "SMTPNotSupportedError" in refused.detail
    gone = found(mailing, "mail")
    assert (gone.state, gone.remedy) == (
        State.FAIL,
        "start it, or correct FIRSTLINE_SMTP_URL",
    )
    assert "ConnectionRefusedError" in gone.detail
