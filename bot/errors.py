"""The one base of what can go wrong for a reason that we can name."""

from bot.texts import text


class BadSetting(Exception):
    """The desk cannot start with this setting. The sentence names it; the exit code is 2."""


class FirstlineError(Exception):
    """A refusal with a machine code, an HTTP status and a sentence in the reader's language.

    A leaf sets `code` and `status`; its sentence is the text `error.<code>`, filled from `values`.
    """

    code = "server_error"
    status = 500
    field: str | None = None  # of a form: which one cannot hold what it was given

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """What was wrong and what to do, for the person who meets it."""
        return text(f"error.{self.code}", language, **self.values)
