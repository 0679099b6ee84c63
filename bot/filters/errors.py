"""What can be wrong with a filter."""

from enum import StrEnum

from bot.errors import FirstlineError
from bot.texts import text


class Problem(StrEnum):
    """Each has a sentence in bot/texts/finding.toml, under `filter.problem`."""

    NOTHING = "nothing"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    QUOTE = "quote"
    SIGN = "sign"
    NOT_OPENED = "not_opened"
    NOT_CLOSED = "not_closed"
    ENDED = "ended"
    TEST = "test"
    FIELD = "field"
    COMPARISON = "comparison"
    ONE_VALUE = "one_value"
    VALUE = "value"
    SPAN = "span"
    DATE = "date"
    CHOICE = "choice"


class UnreadableFilter(FirstlineError):
    """A filter that is none; `at` is where it was lost, counted from 0."""

    code = "unreadable_filter"
    status = 422

    def __init__(self, problem: Problem, at: int, **values: object) -> None:
        self.problem = problem
        self.at = at
        super().__init__(**values)

    def message(self, language: str) -> str:
        """Where it was lost, and what was expected there."""
        what = text(f"filter.problem.{self.problem}", language, **self.values)
        return text("filter.at", language, position=self.at + 1, what=what)


class UnknownFilter(FirstlineError):
    """There is no such saved filter, or it is somebody else's."""

    code = "unknown_filter"
    status = 404


class FilterNameMissing(FirstlineError):
    """A filter is kept under a name."""

    code = "filter_name_missing"
    status = 422


class FilterNotShared(FirstlineError):
    """Only leads share filters, with their own desks."""

    code = "filter_not_shared"
    status = 403
