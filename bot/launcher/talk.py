"""`firstline talk`: the bot in the terminal, with what it understood."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.channel import Button
from bot.dialogue.engine_client import EngineClient, EngineFailure
from bot.dialogue.turn import TurnAnswer, TurnRequest
from bot.launcher import LauncherError

HELP = (
    "Write to the bot; a number presses a button. "
    ":ranking shows or hides all guesses, :restart begins anew, :quit ends."
)


@dataclass
class Talk:
    """One conversation; its state is kept here, as the desk would keep it."""

    desk: str
    language: str
    show_ranking: bool = False
    conversation: str = field(default_factory=lambda: str(uuid.uuid4()))
    # `Any`: the engine's state is opaque to everyone but the engine.
    state: dict[str, Any] | None = None
    buttons: tuple[Button, ...] = ()

    def request(self, line: str) -> TurnRequest:
        """What the line says: the number of an offered button, or text."""
        button = self._pressed(line)
        return TurnRequest(
            conversation=self.conversation,
            text=None if button else line,
            payload=button.payload if button else None,
            language=self.language,
            channel="terminal",
            desk=self.desk,
            state=self.state,
        )

    def take(self, answer: TurnAnswer) -> list[str]:
        """Remembers the state and the buttons; returns the lines to show, in Rich markup."""
        self.state = dict(answer.state)
        self.buttons = tuple(button for reply in answer.replies for button in reply.buttons)
        return [*self._understood(answer), *self._said(answer)]

    def restart(self) -> None:
        """A new conversation."""
        self.conversation, self.state, self.buttons = str(uuid.uuid4()), None, ()

    def _pressed(self, line: str) -> Button | None:
        if line.isdecimal() and 1 <= int(line) <= len(self.buttons):
            return self.buttons[int(line) - 1]
        return None

    def _understood(self, answer: TurnAnswer) -> list[str]:
        intent = answer.intent
        lines = [
            f"[dim]{escape(intent.name)} {intent.confidence:.0%} · {answer.took_ms:.0f} ms[/dim]"
        ]
        if self.show_ranking:
            guesses = answer.ranking
            lines += [
                f"[dim]  {guess.confidence:6.1%}  {escape(guess.name)}[/dim]" for guess in guesses
            ]
        slots = {name: value for name, value in answer.slots.items() if value is not None}
        if self.show_ranking and slots:
            shown = ", ".join(f"{name}={value}" for name, value in sorted(slots.items()))
            lines.append(f"[dim]  slots: {escape(shown)}[/dim]")
        return lines

    def _said(self, answer: TurnAnswer) -> list[str]:
        lines, number = [], 0
        for reply in answer.replies:
            if reply.text:
                lines.append(f"[bold cyan]Bot[/bold cyan] {escape(reply.text)}")
            if reply.image:
                lines.append(f"[dim]image: {escape(reply.image)}[/dim]")
            for button in reply.buttons:
                number += 1
                lines.append(f"    [bold]{number}[/bold] {escape(button.title)}")
        if answer.handoff is not None:
            lines.append(f"[yellow]→ to a person: {escape(answer.handoff.reason)}[/yellow]")
        return lines


def hold(
    talk: Talk, *, url: str, timeout: float, console: Console, read: Callable[[], str]
) -> None:
    """Talks until `:quit`, the end of the input or Ctrl-C."""
    with asyncio.Runner() as runner:
        engine = EngineClient(url, timeout=timeout)
        try:
            if runner.run(engine.model_id()) is None:
                raise LauncherError(
                    f"The engine does not answer at {url}: start it with `firstline up`, "
                    "or name another with FIRSTLINE_ENGINE_URL."
                )
            console.print(f"[dim]{HELP}[/dim]")
            for line in _lines(read):
                if line == ":quit":
                    return
                _say(
                    talk, line, ask=lambda request: runner.run(engine.ask(request)), console=console
                )
        finally:
            runner.run(engine.close())


def _say(
    talk: Talk, line: str, *, ask: Callable[[TurnRequest], TurnAnswer], console: Console
) -> None:
    if line == ":ranking":
        talk.show_ranking = not talk.show_ranking
        console.print(f"[dim]Ranking {'on' if talk.show_ranking else 'off'}.[/dim]")
    elif line == ":restart":
        talk.restart()
        console.print("[dim]A new conversation.[/dim]")
    else:
        try:
            answer = ask(talk.request(line))
        except EngineFailure as failure:
            console.print(
                f"[red]The engine failed ({failure.reason}): {escape(str(failure))}[/red]"
            )
        else:
            console.print("\n".join(talk.take(answer)))


def _lines(read: Callable[[], str]) -> Iterator[str]:
    while True:
        try:
            line = read().strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line:
            yield line
