"""Why an agent's act is refused."""

from bot.errors import FirstlineError


class StaleSend(FirstlineError):
    """The conversation changed hands after the sender had read it; nothing was sent."""

    code = "stale_send"
    status = 409


class Unread(FirstlineError):
    """The customer wrote after what the sender had read, so it is not over yet."""

    code = "unread"
    status = 409


class NotYours(FirstlineError):
    """Another agent works on the conversation."""

    code = "not_yours"
    status = 409
