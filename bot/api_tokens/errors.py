"""What may be wrong with a wish for a token."""

from bot.errors import FirstlineError


class NoSuchScope(FirstlineError):
    """No scope has this name."""

    code = "no_such_scope"
    status = 422


class NoSuchToken(FirstlineError):
    """No token has this name or id."""

    code = "no_such_token"
    status = 404


class RoleLacksScope(FirstlineError):
    """The agent as whom the token acts may not do this either."""

    code = "role_lacks_scope"
    status = 403
