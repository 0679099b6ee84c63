"""Who acts in this request: its door says so once, for everything that is done behind it."""

from contextvars import ContextVar

from bot.audit.acts import Doer, Person

# Each request is a task with a context of its own, so what a door sets ends with its request.
_doer: ContextVar[Doer] = ContextVar("doer")


def begins(doer: Doer) -> None:
    """For a door, as soon as it knows who came."""
    _doer.set(doer)


def doer_for(person: Person) -> Doer:
    """The person with the place that they act from, which is nowhere outside a request of theirs.

    Whatever a request sets going lives on in its context: its place is nobody else's.
    """
    doer = _doer.get(None)
    is_theirs = doer is not None and doer.person is not None and doer.person.id == person.id
    return doer if doer is not None and is_theirs else Doer(person)
