"""One line a step on the console, everything else in a log file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Mapping, Sequence, TextIO

TAIL_LINES = 15
WIDTH = 26


class SetupError(Exception):
    """Set-up cannot go on; the sentence says why and what to do, `reason` why in one line."""

    def __init__(self, sentence: str, *, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason or sentence.partition("\n")[0]


class Progress:
    """Reports steps to a console; commands write into the log."""

    def __init__(self, log: Path, *, console: TextIO = sys.stdout) -> None:
        self.log = log
        self._console = console

    def note(self, what: str, found: str) -> None:
        """A finding that took no time worth telling."""
        self._write(f"  {what:<{WIDTH}} {found}\n")

    def run(
        self,
        what: str,
        command: Sequence[str | os.PathLike[str]],
        *,
        root: Path,
        env: Mapping[str, str],
        advice: str,
    ) -> None:
        """Runs the command to its end; raises SetupError with the log's last lines."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self.log.open("ab") as log:
            log.write(f"\n$ {' '.join(str(part) for part in command)}\n".encode())
            log.flush()
            start = log.tell()
            try:
                process = subprocess.Popen(
                    [str(part) for part in command],
                    cwd=root,
                    env=dict(env),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                raise SetupError(f"{what}: {error}. {advice}") from None
            code = self._wait(process, what, began)
        self.note(what, f"{'done' if code == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)")
        if code != 0:
            raise self._failure(what, code, start, advice)

    def _wait(self, process: subprocess.Popen[bytes], what: str, began: float) -> int:
        terminal = self._console.isatty()
        if not terminal:
            self._write(f"  {what:<{WIDTH}} …\n")
        try:
            while True:
                try:
                    return process.wait(timeout=0.5)
                except subprocess.TimeoutExpired:
                    if terminal:
                        seconds = time.monotonic() - began
                        self._write(f"\r  {what:<{WIDTH}} {seconds:.0f} s ")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if terminal:
                self._write("\r\033[K")

    def _failure(self, what: str, code: int, start: int, advice: str) -> SetupError:
        written = self.log.read_bytes()[start:].decode("utf-8", "replace").splitlines()
        tail = "\n".join(f"    {line}" for line in written[-TAIL_LINES:])
        failed = f"{what} failed (exit code {code}). Its last lines:"
        said = next(
            (line.strip() for line in reversed(written) if line.strip()), f"exit code {code}"
        )
        sentence = f"{failed}\n{tail}\n{advice}\nAll output: {self.log}"
        return SetupError(sentence, reason=f"{what}: {said}")

    def _write(self, text: str) -> None:
        self._console.write(text)
        self._console.flush()
