"""An action server that is gone, slow or confused makes an HTTP error, never silence."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from tests.dialogue import TURN, Dialogue, texts, turn_body
from tests.processes import ROOT, dialogue_engine, free_port

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


class Actions:
    """An action server that behaves as the test wants."""

    def __init__(self) -> None:
        self.port = free_port()
        self.answer: tuple[int, bytes] | None = None
        self._server: ThreadingHTTPServer | None = None
        self._ended = Event()

    def start(self) -> None:
        actions = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                if actions.answer is None:
                    actions._ended.wait(60)
                    return
                status, body = actions.answer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._ended.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture(scope="module")
def actions() -> Iterator[Actions]:
    server = Actions()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def troubled(actions: Actions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An engine with these actions and little patience."""
    folder = tmp_path_factory.mktemp("troubled")
    credentials = folder / "credentials.yml"
    patient = ROOT.joinpath("credentials.yml").read_text("utf-8")
    credentials.write_text(patient.replace("timeout: 8", "timeout: 5"), "utf-8")
    url = f"http://127.0.0.1:{actions.port}/webhook"
    with (
        dialogue_engine(folder, actions_url=url, credentials=credentials) as engine,
        httpx.Client(base_url=engine.url, timeout=20) as http,
    ):
        yield http


def refusal(http: httpx.Client, text: str) -> tuple[int, str, str]:
    response = http.post(TURN, json=turn_body(text))
    error = response.json()["error"]
    return response.status_code, error["code"], error["message"]


def test_action_server_down(troubled: httpx.Client, actions: Actions) -> None:
    actions.stop()
    status, code, message = refusal(troubled, "where is my order")
    assert (status, code) == (500, "turn_failed")
    assert "validate_order_status_form" in message
    assert texts(Dialogue(troubled).say("hello")), "what needs no action still works"


@pytest.mark.parametrize(
    "answer",
    [
        (500, b'{"error": "boom"}'),
        (404, b"{}"),
        (200, b"no json"),
        (200, b'{"events": "none"}'),
        (200, b'{"events": [{"event": "no_such_event"}], "responses": []}'),
    ],
)
def test_confused_action_server(
    troubled: httpx.Client, actions: Actions, answer: tuple[int, bytes]
) -> None:
    actions.start()
    try:
        actions.answer = answer
        assert refusal(troubled, "where is my order 10482")[:2] == (500, "turn_failed")
    finally:
        actions.stop()


def test_answer_without_words(troubled: httpx.Client, actions: Actions) -> None:
    actions.start()
    try:
        actions.answer = (200, b'{"events": [], "responses": []}')
        customer = Dialogue(troubled)
        customer.say("where is my order")
        actions.answer = (
            200,
            b'{"events": [{"event": "slot", "name": "order_number", "value": "10482"}]}',
        )
        status, code, message = refusal(troubled, "where is order 10482")
        assert (status, code) == (500, "turn_failed")
        assert "no_answer" in message
    finally:
        actions.stop()


def test_slow_action_server(troubled: httpx.Client, actions: Actions) -> None:
    actions._ended.clear()
    actions.start()
    try:
        actions.answer = None
        began = time.monotonic()
        assert refusal(troubled, "where is my order")[:2] == (504, "turn_timeout")
        assert time.monotonic() - began < 20
        assert texts(Dialogue(troubled).say("hello"))
    finally:
        actions.stop()


def test_nothing_of_a_message_is_logged(logs: Path, customer: Dialogue) -> None:
    customer.say("my secret word is xylophone-4711")
    assert customer.refused("xylophone-4711 " * 400)[0] == 413
    for log in logs.glob("*.log"):
        assert "xylophone-4711" not in log.read_text("utf-8", errors="replace")
