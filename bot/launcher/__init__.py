"""What `firstline up` does: train when needed, start everything, watch it, stop it cleanly."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


class LauncherError(Exception):
    """The command cannot go on; the sentence says why and what to do about it."""

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Stopped(Exception):
    """Somebody asked us to stop (Ctrl-C, SIGTERM) while we were waiting for something."""
