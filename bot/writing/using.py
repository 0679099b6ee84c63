"""A saved reply in a conversation: the right language, the values, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation
from bot.handoff.packet import Packet
from bot.handoff.queries import load_packet
from bot.texts import LANGUAGES, section, supported
from bot.writing import repository
from bot.writing.macro import Step, steps_of
from bot.writing.models import SavedReply
from bot.writing.variables import Filled, check, fill, known_variables


@dataclass(frozen=True)
class Used:
    """What goes into the composer. `language`: of the text, where it is not the customer's."""

    id: str
    text: str
    gaps: tuple[str, ...]
    fallback: str | None
    steps: tuple[Step, ...]


async def use(
    session: AsyncSession,
    agent: Agent,
    conversation: Conversation,
    saved_id: str,
    *,
    desk_name: Mapping[str, str],
) -> Used:
    """The saved reply for this customer; raises NotFound, UnknownVariable."""
    row = await repository.saved_by_id(session, saved_id)
    if row is None or row.desk != conversation.desk:
        raise NotFound
    language, words = in_language(row, conversation.language)
    check(words, known_variables())
    filled = await fill_in(session, agent, conversation, words, desk_name=desk_name)
    is_other = bool(words) and language != supported(conversation.language)
    fallback, steps = language if is_other else None, tuple(steps_of(row.actions))
    return Used(row.id, filled.text, filled.gaps, fallback, steps)


async def fill_in(
    session: AsyncSession,
    agent: Agent,
    conversation: Conversation,
    words: str,
    *,
    desk_name: Mapping[str, str],
) -> Filled:
    """The words with this conversation's values."""
    packet = await load_packet(session, conversation, desks=agent.desks, with_agents_facts=True)
    language = supported(conversation.language)
    values = values_of(packet, agent) | {"desk.name": desk_name.get(language, "")}
    return fill(words, values, named=variable_names(supported(agent.language)))


def variable_names(language: str) -> dict[str, str]:
    """What variables are called, for gaps and for the page where replies are written."""
    own = {name: str(words) for name, words in section("inbox.variable")[language].items()}
    facts = {name: str(words) for name, words in section("inbox.fact")[language].items()}
    return facts | own


def in_language(row: SavedReply, language: str) -> tuple[str, str]:
    """The variant of the language, else the first that there is."""
    wanted = supported(language)
    for one in (wanted, *LANGUAGES):
        if row.text.get(one):
            return one, row.text[one]
    return wanted, ""


def values_of(packet: Packet, agent: Agent) -> dict[str, str]:
    """What the desk knows of the customer, and of who writes."""
    customer = packet.customer
    verified = customer.verified
    name = (verified.name if verified else None) or customer.name or ""
    email = (verified.email if verified else None) or customer.email or ""
    facts = {fact.name: fact.value for fact in (*packet.details, *packet.facts)}
    return facts | {
        "customer.name": name,
        "customer.first_name": name.split(" ")[0],
        "customer.email": email,
        "customer.phone": customer.phone or "",
        "agent.name": agent.name,
        "agent.first_name": agent.name.split(" ")[0],
    }
