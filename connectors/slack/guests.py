"""Whom a desk serves: its own people; guests and people of other organizations as configured."""

from bot.channel import SlackSettings
from bot.texts import text
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.parse import Posted
from connectors.slack.people import Person
from connectors.slack.place import Place
from connectors.slack.tell import whisper

REFUSE = "refuse"
TOLD_DAYS = 1.0


def may_ask(person: Person, rules: SlackSettings) -> bool:
    """Whether this desk answers them."""
    if person.is_external and rules.external == REFUSE:
        return False
    return not (person.is_guest and rules.guests == REFUSE)


async def refuse(slack: SlackChannel, posted: Posted, person: Person) -> None:
    """Politely, for their eyes only, and not at every word that they write."""
    key = f"refused:{posted.team}:{posted.channel}:{posted.user}"
    if await slack.memory.first(CHANNEL, key, days=TOLD_DAYS):
        place = Place(posted.team, posted.channel, posted.thread or posted.ts)
        kind = "external" if person.is_external else "guest"
        whisper(slack, place, posted.user, text(f"slack.refused_{kind}", person.language))
