"""What can be wrong with accounts, passwords, links and second factors."""

from bot.errors import FirstlineError


class WrongSignIn(FirstlineError):
    """E-mail or password is wrong; which of them is not said."""

    code = "wrong_sign_in"
    status = 401


class WeakPassword(FirstlineError):
    """Shorter than MIN_PASSWORD."""

    code = "weak_password"
    status = 422


class SamePassword(FirstlineError):
    """The one-time password must not become the lasting one."""

    code = "same_password"
    status = 422


class AgentExists(FirstlineError):
    """The address is taken."""

    code = "agent_exists"
    status = 409


class NoSuchAgent(FirstlineError):
    """No account has this address."""

    code = "no_such_agent"
    status = 404


class LinkIsOver(FirstlineError):
    """The link was used, replaced by a newer one, too old, or never one of ours."""

    code = "link_is_over"
    status = 410


class LastAdmin(FirstlineError):
    """Nobody could manage accounts any more."""

    code = "last_admin"
    status = 409


class BadName(FirstlineError):
    """Empty, too long, or with signs that cannot be shown."""

    code = "bad_agent_name"
    status = 422


class BadEmail(FirstlineError):
    """No address that mail can be sent to."""

    code = "bad_agent_email"
    status = 422


class BadRole(FirstlineError):
    """None of the roles."""

    code = "bad_agent_role"
    status = 422


class BadDesks(FirstlineError):
    """None, or one that there is not."""

    code = "bad_agent_desks"
    status = 422


class BadLanguages(FirstlineError):
    """None, or one that the desk does not speak."""

    code = "bad_agent_languages"
    status = 422


class BadSkills(FirstlineError):
    """Too many, or too long."""

    code = "bad_agent_skills"
    status = 422


class WrongCode(FirstlineError):
    """Not the code of this moment, or used already."""

    code = "wrong_code"
    status = 401


class TooManyCodes(FirstlineError):
    """Too many wrong ones in a row: none is taken for `count` minutes."""

    code = "too_many_codes"
    status = 429


class NoFactor(FirstlineError):
    """There is no second factor, or none that waits to be confirmed."""

    code = "no_factor"
    status = 409


class FactorUnreadable(FirstlineError):
    """It was kept with another installation secret; it has to be reset."""

    code = "factor_unreadable"
    status = 409


class ProviderAway(FirstlineError):
    """The identity provider does not answer, or not in the way of OpenID Connect."""

    code = "provider_away"
    status = 502


class ProviderRefused(FirstlineError):
    """What came back from the identity provider does not belong to this browser, or is not good."""

    code = "provider_refused"
    status = 401


class NoVerifiedEmail(FirstlineError):
    """The provider vouches for no address of this person."""

    code = "no_verified_email"
    status = 403


class NoAccountHere(FirstlineError):
    """Known at the provider, but no account of this desk has the address."""

    code = "no_account_here"
    status = 403
