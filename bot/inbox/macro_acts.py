"""What macros can do beyond `bot/writing/parts.py`: labels, priority, and another desk."""

from bot.accounts.models import Agent
from bot.conversations.errors import NotFound
from bot.db import Database
from bot.desks import Desks
from bot.handling.errors import NoSuchLabel
from bot.handling.parts import Handling
from bot.inbox import queries
from bot.priority import WORDS
from bot.records import repository as records
from bot.writing.macro import Act, Acts


def register_acts(acts: Acts, db: Database, handling: Handling, desks: Desks) -> None:
    """Each does what its own control on the page does."""

    async def label(agent: Agent, conversation_id: str, name: str, _: int) -> None:
        async with db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            if found is None:
                raise NotFound
            known = await records.labels_of_desks(session, [found[0].desk])
        ids = [one.id for one in known if one.name.casefold() == name.casefold()]
        if not ids:
            raise NoSuchLabel
        await handling.labels.put(agent, conversation_id, on=ids)

    async def hand_over(agent: Agent, conversation_id: str, desk: str, epoch: int) -> None:
        await handling.transfers.to_desk(agent, conversation_id, epoch=epoch, desk=desk)

    async def priority(agent: Agent, conversation_id: str, word: str, _: int) -> None:
        await handling.priorities.put(agent, conversation_id, word)

    names = tuple(desk.id for desk in desks.all())
    acts.register("label", Act(label, arguments=()))
    acts.register("priority", Act(priority, arguments=tuple(WORDS)))
    acts.register("hand_over", Act(hand_over, arguments=names, moves=True))
