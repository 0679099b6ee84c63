"""What can be done with many conversations: the services behind the buttons of a single one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.accounts.models import Agent
from bot.errors import FirstlineError
from bot.handling.bulk import Act, Pick
from bot.handling.errors import NoSuchColleague
from bot.handling.parts import Handling
from bot.handoff.service import Handoffs
from bot.inbox.handling.forms import numbers

LABEL = "label."  # before the number of a label; the field says «on» or «off»
BETWEEN = "/"  # in what an undo needs: labels that were put on / taken off

Fields = Mapping[str, str]


class NoSuchAct(FirstlineError):
    """Not done with many at once, or not undone."""

    code = "no_such_bulk_act"
    status = 404


@dataclass(frozen=True)
class BulkActs:
    """By the names that stand in addresses."""

    handoffs: Handoffs
    handling: Handling

    def act(self, name: str, fields: Fields) -> Act:
        """Raises NoSuchAct."""
        return _known(name, ACTS)(self, fields)

    def undo(self, name: str) -> Act:
        """Takes the act back; raises NoSuchAct."""
        return _known(name, UNDOES)(self, {})

    def claim(self, _: Fields) -> Act:
        """Each is the agent's."""

        async def claim(agent: Agent, pick: Pick) -> None:
            await self.handoffs.claim(agent, pick.id, epoch=pick.epoch)

        return claim

    def close(self, _: Fields) -> Act:
        """Each is over, and its customer told, unless they have written meanwhile."""

        async def close(agent: Agent, pick: Pick) -> None:
            seen = pick.read_seq
            await self.handoffs.close(agent, pick.id, epoch=pick.epoch, read_seq=seen)

        return close

    def spam(self, _: Fields) -> Act:
        """Each is over; nobody is asked for an opinion."""

        async def spam(agent: Agent, pick: Pick) -> None:
            await self.handoffs.close_as_spam(agent, pick.id, epoch=pick.epoch)

        return spam

    def block(self, fields: Fields) -> Act:
        """Each one's customer is blocked, for one reason."""

        async def block(agent: Agent, pick: Pick) -> None:
            await self.handling.blocking.block(agent, pick.id, reason=fields.get("reason", ""))

        return block

    def hand_over(self, fields: Fields) -> Act:
        """To a colleague or a desk, as `to` says: «agent:…» or «desk:…»."""
        kind, _, to = fields.get("to", "").partition(":")
        note, transfers = fields.get("note", ""), self.handling.transfers

        async def to_agent(agent: Agent, pick: Pick) -> None:
            await transfers.to_agent(agent, pick.id, epoch=pick.epoch, to_id=to, note=note)

        async def to_desk(agent: Agent, pick: Pick) -> None:
            await transfers.to_desk(agent, pick.id, epoch=pick.epoch, desk=to, note=note)

        if kind not in ("agent", "desk"):
            raise NoSuchColleague
        return to_agent if kind == "agent" else to_desk

    def snooze(self, fields: Fields) -> Act:
        """Out of sight until then."""
        choice, when = fields.get("until", ""), fields.get("when", "")

        async def snooze(agent: Agent, pick: Pick) -> str:
            await self.handoffs.snooze(agent, pick.id, epoch=pick.epoch, choice=choice, when=when)
            return ""

        return snooze

    def wake(self, _: Fields) -> Act:
        """Not put off after all."""

        async def wake(agent: Agent, pick: Pick) -> None:
            await self.handoffs.wake(agent, pick.id, epoch=pick.epoch)

        return wake

    def priority(self, fields: Fields) -> Act:
        """How urgent each is."""
        word = fields.get("priority", "")

        async def priority(agent: Agent, pick: Pick) -> str | None:
            before = await self.handling.priorities.put(agent, pick.id, word)
            return None if before is None else f"{before}{BETWEEN}{word}"

        return priority

    def priority_back(self, _: Fields) -> Act:
        """As urgent as before, unless somebody has said otherwise since."""

        async def back(agent: Agent, pick: Pick) -> None:
            before, _, now = pick.was.partition(BETWEEN)
            await self.handling.priorities.put(agent, pick.id, before, instead_of=now)

        return back

    def labels(self, fields: Fields) -> Act:
        """Some put on, some taken off; what a conversation has besides, it keeps."""
        on, off = ({*_labels(fields, word)} for word in ("on", "off"))

        async def labels(agent: Agent, pick: Pick) -> str | None:
            did = await self.handling.labels.put(agent, pick.id, on=on, off=off)
            if not did.on and not did.off:
                return None
            return BETWEEN.join(",".join(map(str, ids)) for ids in (did.on, did.off))

        return labels

    def labels_back(self, _: Fields) -> Act:
        """What was put on is taken off, and the other way round."""

        async def back(agent: Agent, pick: Pick) -> None:
            on, _, off = pick.was.partition(BETWEEN)
            await self.handling.labels.put(
                agent, pick.id, on=numbers(off.split(",")), off=numbers(on.split(","))
            )

        return back


Maker = Callable[[BulkActs, Fields], Act]
ACTS: dict[str, Maker] = {
    "claim": BulkActs.claim,
    "hand_over": BulkActs.hand_over,
    "labels": BulkActs.labels,
    "priority": BulkActs.priority,
    "snooze": BulkActs.snooze,
    "close": BulkActs.close,
    "spam": BulkActs.spam,
    "block": BulkActs.block,
}
# Whatever a customer is told cannot be untold: only these are taken back.
UNDOES: dict[str, Maker] = {
    "labels": BulkActs.labels_back,
    "priority": BulkActs.priority_back,
    "snooze": BulkActs.wake,
}


def _known(name: str, makers: Mapping[str, Maker]) -> Maker:
    if name not in makers:
        raise NoSuchAct
    return makers[name]


def _labels(fields: Fields, word: str) -> list[int]:
    named = [name for name, value in fields.items() if name.startswith(LABEL) and value == word]
    return numbers([name.removeprefix(LABEL) for name in named])
