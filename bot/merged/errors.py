"""Why customers cannot be put together, or taken apart, in words for whoever tried."""

from bot.errors import FirstlineError


class AlreadyOnePerson(FirstlineError):
    """They are together already, or are one and the same."""

    code = "already_one_person"
    status = 409


class SignedForTwo(FirstlineError):
    """The host site signed for both, as two users: it knows better."""

    code = "signed_for_two"
    status = 409


class MergeChanged(FirstlineError):
    """Somebody put together or took apart meanwhile: what was looked at is not what there is."""

    code = "merge_changed"
    status = 409


class TooManyTogether(FirstlineError):
    """No person has so many addresses."""

    code = "too_many_together"
    status = 409


class NotTogether(FirstlineError):
    """It is nobody's any more, or never was."""

    code = "not_together"
    status = 409
