"""What agents may not do with a conversation's records, in words for whoever tried."""

from bot.errors import FirstlineError


class NoSuchColleague(FirstlineError):
    """Nobody who works at this desk, or the agent themselves."""

    code = "no_such_colleague"
    status = 422


class NoSuchQuestion(FirstlineError):
    """Not asked of this agent, or answered already."""

    code = "no_such_question"
    status = 409


class BadFact(FirstlineError):
    """A name or a value that is empty or too long."""

    code = "bad_fact"
    status = 422


class BadLabel(FirstlineError):
    """A name that is empty or too long, or a colour that there is not."""

    code = "bad_label"
    status = 422


class LabelExists(FirstlineError):
    """The desk has a label of this name."""

    code = "label_exists"
    status = 409


class NoSuchLabel(FirstlineError):
    """None of this desk."""

    code = "no_such_label"
    status = 404


class NoHandoff(FirstlineError):
    """Nothing was handed over that could be rated."""

    code = "no_handoff"
    status = 409


class TooLongAnswer(FirstlineError):
    """A reason or an opinion longer than there is room for."""

    code = "too_long_answer"
    status = 422


class NoReason(FirstlineError):
    """A customer is not blocked without one."""

    code = "no_reason"
    status = 422


class CannotMerge(FirstlineError):
    """Not of one customer, the same one, or merged already."""

    code = "cannot_merge"
    status = 409
