"""Suggested replies: the bot's answer to the nearest intent, and what agents answered to it before.

They are only ever put into the composer, never sent. What an agent wrote to somebody else loses
that customer's name, addresses and numbers: gaps stand in their place, and gaps stop sending.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.channel import AuthorKind
from bot.conversations.models import Conversation
from bot.handoff.packet import MISS_INTENTS, SOCIAL_INTENTS
from bot.handoff.queries import load_packet
from bot.texts import supported, text
from bot.writing import repository
from bot.writing.responses import Responses
from bot.writing.using import values_of, variable_names
from bot.writing.variables import fill

MOST = 3
INTENTS = 2  # the nearest ones
SHORTEST = 12  # “ok” helps nobody
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){3,}")


@dataclass(frozen=True)
class Suggestion:
    """A reply that may fit. `source`: whose words they are, `bot` or `agents`."""

    text: str
    intent: str
    source: str


async def suggest(
    session: AsyncSession,
    agent: Agent,
    conversation: Conversation,
    *,
    responses: Responses,
    desk_name: Mapping[str, str],
) -> list[Suggestion]:
    """The best first; none when the bot has no idea what the customer wants."""
    packet = await load_packet(session, conversation, desks=agent.desks, with_agents_facts=True)
    language, reads = supported(conversation.language), supported(agent.language)
    values = values_of(packet, agent) | {"desk.name": desk_name.get(language, "")}
    said = await repository.said_by_us(session, conversation.id)
    found: list[Suggestion] = []
    for intent in _intents(packet.wish.guesses if packet.wish else ()):
        answer = responses.answer(intent, language)
        if answer:
            filled = fill(answer, values, named=variable_names(reads)).text
            found.append(Suggestion(filled, intent, AuthorKind.BOT))
        for words, name in await repository.answers_to(session, conversation, intent):
            own = without_person(words, name, values.get("customer.name", ""), reads)
            found.append(Suggestion(own, intent, "agents"))
    fresh = [one for one in found if one.text not in said and len(one.text) >= SHORTEST]
    return list({one.text: one for one in reversed(fresh)}.values())[::-1][:MOST]


def _intents(guesses: Iterable[object]) -> list[str]:
    names = [str(getattr(guess, "intent", "")) for guess in guesses]
    plain = [name for name in names if name and name not in MISS_INTENTS | SOCIAL_INTENTS]
    return plain[:INTENTS]


def without_person(words: str, name: str | None, own: str, language: str) -> str:
    """What was written to somebody else, with gaps for what was theirs alone."""

    def gap(key: str) -> str:
        return f"\u27e6{text(f'inbox.gap.{key}', language)}\u27e7"

    made = _EMAIL.sub(gap("email"), words)
    made = _NUMBER.sub(gap("number"), made)
    whole = (name or "").strip()
    firsts = ((whole, own), (whole.split(" ")[0], own.split(" ")[0]))
    for theirs, ours in firsts:
        if len(theirs) > 1:
            instead = (ours or gap("name")).replace("\\", r"\\")
            made = re.sub(rf"\b{re.escape(theirs)}\b", instead, made)
    return made
