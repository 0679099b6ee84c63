"""What may not be done with a conversation, in words for whoever tried."""

from bot.conversations.state import Status
from bot.errors import FirstlineError
from bot.texts import text


class NotFound(FirstlineError):
    """No such conversation for whoever asks."""

    code = "not_found"
    status = 404


class JoinedAnother(FirstlineError):
    """This visitor has logged in: what they write now comes under another token."""

    code = "bad_token"
    status = 401


class Blocked(FirstlineError):
    """An agent blocked this customer: nothing that they write is taken."""

    code = "customer_blocked"
    status = 403


class NotOffered(FirstlineError):
    """A button payload that the desk never offered in this conversation."""

    code = "not_offered"
    status = 409


class NotPossibleNow(FirstlineError):
    """The state table has no such move."""

    code = "illegal_transition"
    status = 409

    def __init__(self, where: Status) -> None:
        self.where = where
        super().__init__(status=where.value)

    def message(self, language: str) -> str:
        """Names the status in the reader's language."""
        return text("error.illegal_transition", language, status=status_name(self.where, language))


def status_name(status: Status, language: str) -> str:
    """The status in words."""
    return text(f"status.{status.value}", language)


class NoSuchCustomer(FirstlineError):
    """No customer has this id, or none who wrote to a desk of yours."""

    code = "no_such_customer"
    status = 404
