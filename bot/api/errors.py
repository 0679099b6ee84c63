"""What a program may be refused for."""

from bot.errors import FirstlineError


class BadToken(FirstlineError):
    """None was given, or one that is not, or no longer, valid."""

    code = "bad_api_token"
    status = 401


class MissingScope(FirstlineError):
    """The token is good, but not for this."""

    code = "missing_scope"
    status = 403


class TooFast(FirstlineError):
    """More requests than the token may make; `retry_after` in seconds."""

    code = "too_fast"
    status = 429


class BadRequest(FirstlineError):
    """The request is not of the shape that the OpenAPI document gives."""

    code = "bad_request"
    status = 422


class TooLongBody(FirstlineError):
    """More bytes than any request needs."""

    code = "too_long_body"
    status = 413


class BadCursor(FirstlineError):
    """Not a `next` that this list gave."""

    code = "bad_cursor"
    status = 422
