"""Talking in the terminal: what is sent, what is shown."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from bot.channel import Button
from bot.dialogue.turn import BotReply, Guess, HandoffRequest, TurnAnswer
from bot.launcher import LauncherError
from bot.launcher.talk import Talk, hold


def answer(*replies: BotReply, handoff: HandoffRequest | None = None) -> TurnAnswer:
    return TurnAnswer(
        replies=replies,
        intent=Guess("care_return_item", 0.914),
        ranking=(Guess("care_return_item", 0.914), Guess("care_refund_status", 0.05)),
        entities=(),
        slots={"language": "en", "order_number": None},
        handoff=handoff,
        state={"turns": 1},
        model_id="m1",
        took_ms=8.7,
    )


BUTTONS = (Button("Talk to a person", "/talk_to_human"), Button("Refunds", "/care_refund_status"))


def test_intent_confidence_reply_and_numbered_buttons_are_shown() -> None:
    talk = Talk(desk="customer-care", language="en")
    shown = talk.take(answer(BotReply("Within 30 days.", BUTTONS[:1]), BotReply("", BUTTONS[1:])))
    assert shown == [
        "[dim]care_return_item 91% · 9 ms[/dim]",
        "[bold cyan]Bot[/bold cyan] Within 30 days.",
        "    [bold]1[/bold] Talk to a person",
        "    [bold]2[/bold] Refunds",
    ]


def test_the_ranking_is_shown_on_request() -> None:
    talk = Talk(desk="customer-care", language="en", show_ranking=True)
    assert talk.take(answer())[1:] == [
        "[dim]   91.4%  care_return_item[/dim]",
        "[dim]    5.0%  care_refund_status[/dim]",
        "[dim]  slots: language=en[/dim]",
    ]


def test_a_handoff_is_shown_with_its_reason() -> None:
    talk = Talk(desk="customer-care", language="en")
    shown = talk.take(answer(handoff=HandoffRequest("asked_for_human")))
    assert shown[-1] == "[yellow]→ to a person: asked_for_human[/yellow]"


def test_brackets_in_an_answer_are_text_not_markup() -> None:
    shown = Talk(desk="it-help", language="en").take(answer(BotReply("Press [Enter] [bold]")))
    assert Text.from_markup(shown[1]).plain == "Bot Press [Enter] [bold]"


def test_the_number_of_an_offered_button_presses_it() -> None:
    talk = Talk(desk="customer-care", language="en")
    talk.take(answer(BotReply("?", BUTTONS)))
    pressed = talk.request("2")
    assert (pressed.text, pressed.payload) == (None, "/care_refund_status")
    assert pressed.state == {"turns": 1}


@pytest.mark.parametrize("line", ["0", "3", "10482", "/care_refund_status"])
def test_everything_else_is_text(line: str) -> None:
    talk = Talk(desk="customer-care", language="en")
    talk.take(answer(BotReply("?", BUTTONS)))
    assert (talk.request(line).text, talk.request(line).payload) == (line, None)


def test_a_restart_forgets_the_dialogue() -> None:
    talk = Talk(desk="customer-care", language="en")
    first = talk.request("hello").conversation
    talk.take(answer(BotReply("?", BUTTONS)))
    talk.restart()
    begun = talk.request("1")
    assert (begun.text, begun.state) == ("1", None)
    assert begun.conversation != first


class Engine(BaseHTTPRequestHandler):
    """A turn channel that counts the turns in its state, and fails when told `fail`."""

    def do_GET(self) -> None:
        self._answer(200, {"model_id": "m1", "ready": True})

    def do_POST(self) -> None:
        turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if turn["text"] == "fail":
            self._answer(500, {"error": {"code": "turn_failed", "message": "no such slot"}})
            return
        count = (turn["state"] or {"count": 0})["count"] + 1
        reply = {"text": f"turn {count} in {turn['language']} at {turn['desk']}", "buttons": []}
        body = {
            **{"replies": [reply], "intent": {"name": "greet", "confidence": 1.0}, "ranking": []},
            **{"entities": [], "slots": {}, "handoff": None, "state": {"count": count}},
            **{"model_id": "m1", "took_ms": 1.0},
        }
        self._answer(200, body)

    # `Any`: a JSON body.
    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def engine_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Engine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def session(url: str, *lines: str) -> str:
    console = Console(file=io.StringIO(), width=120)
    typed = iter(lines)

    def read() -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    hold(Talk("it-help", "pl"), url=url, timeout=5, console=console, read=read)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_talk_keeps_its_state_until_it_is_restarted(engine_url: str) -> None:
    shown = session(engine_url, "cześć", "", "jeszcze raz", ":restart", "znowu")
    assert shown.count("turn 1 in pl at it-help") == 2
    assert shown.count("turn 2 in pl at it-help") == 1


def test_a_failing_engine_is_shown_and_the_talk_goes_on(engine_url: str) -> None:
    shown = session(engine_url, "fail", "hello", ":quit", "never sent")
    assert "The engine failed (engine_failed): 500 turn_failed: no such slot" in shown
    assert "turn 1" in shown
    assert "turn 2" not in shown


def test_no_engine_is_a_sentence_that_says_what_to_do() -> None:
    with pytest.raises(LauncherError, match="start it with `firstline up`"):
        session("http://127.0.0.1:9", "hello")
