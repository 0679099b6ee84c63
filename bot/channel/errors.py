"""What can go wrong on the way in and on the way out."""

from enum import StrEnum

from bot.errors import FirstlineError


class EmptyText(FirstlineError):
    """Nothing but white space."""

    code = "empty_text"
    status = 422


class TextTooLong(FirstlineError):
    """Longer than the desk takes."""

    code = "too_long"
    status = 422


class RetryLater(Exception):
    """The channel could not take the message now; `seconds` when it said how long to wait."""

    def __init__(self, reason: str, *, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Problem(StrEnum):
    """Why a message will not be delivered. A channel names the first six."""

    BLOCKED = "blocked"  # the customer does not want to hear from us
    GONE = "gone"  # the customer, their account or the thread exists no more
    TOO_LONG = "too_long"  # longer than the channel takes
    SIGNED_OUT = "signed_out"  # the channel does not know us any more: a manager must mend it
    LEFT_OUT = "left_out"  # we may not write there: taken out of it, or it is closed to us
    REFUSED = "refused"  # anything else that trying again will not mend
    GAVE_UP = "gave_up"  # it could be mended by itself, and was not in time
    NO_CHANNEL = "no_channel"  # this program does not speak its channel


class Undeliverable(Exception):
    """The channel will never take this message; `problem` says which kind of never."""

    def __init__(self, reason: str, problem: Problem = Problem.REFUSED) -> None:
        super().__init__(reason)
        self.problem = problem
