"""How the desk is, in numbers: for `/readyz`, `firstline doctor` and the inbox's alarms."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import TROUBLES, read_troubles
from bot.counters import repository as counters
from bot.counters.service import DUPLICATES_REFUSED, STALE_SENDS_REFUSED
from bot.memory import repository as memory
from bot.timers import repository as timers
from bot.upkeep import repository
from bot.upkeep.rules import TIMER_LATE, Signs, alarms, seconds_since
from bot.upkeep.words import has_words

# The timer row of the check, which carries what the last one found.
CHECK = "upkeep"


async def read_signs(session: AsyncSession, *, at: datetime) -> Signs:
    """All of them, at this moment."""
    check = await timers.find(session, CHECK)
    last = check.details if check is not None else {}
    counts = await counters.read(session)
    dead = last.get("given_up", {})
    troubles = await memory.starting(session, TROUBLES, "", at=at)
    waiting, oldest = await repository.undelivered(session)
    return Signs(
        checked_at=datetime.fromisoformat(last["checked_at"]) if last else None,
        without_owner=last.get("left", 0),
        overdue=await repository.overdue(session, at=at),
        undelivered=waiting,
        oldest_undelivered_at=oldest,
        dead_letters=await repository.dead_letters(session),
        dead_account_mails=dead.get("account_mails", 0),
        dead_transcripts=dead.get("transcripts", 0),
        dead_alerts=dead.get("alerts", 0),
        oldest_turn_at=await repository.oldest_turn(session),
        late_timers=await timers.count_late(session, since=at - TIMER_LATE),
        duplicates_refused=counts.get(DUPLICATES_REFUSED, 0),
        stale_sends_refused=counts.get(STALE_SENDS_REFUSED, 0),
        troubles=tuple(
            one for kept in troubles.values() for one in read_troubles(kept) if has_words(one)
        ),
    )


# `Any`: a JSON object.
def report(signs: Signs, *, at: datetime) -> dict[str, Any]:
    """As `/readyz` shows them; the names are documented in docs/limbo.md."""
    return {
        "checked_at": signs.checked_at and signs.checked_at.isoformat(),
        "conversations_without_owner": signs.without_owner,
        "queued_beyond_deadline": sum(count for _, count in signs.overdue),
        "undelivered_messages": signs.undelivered,
        "oldest_undelivered_seconds": seconds_since(signs.oldest_undelivered_at, at),
        "dead_letters": signs.dead_letters,
        "dead_account_mails": signs.dead_account_mails,
        "dead_transcripts": signs.dead_transcripts,
        "dead_alerts": signs.dead_alerts,
        "oldest_waiting_turn_seconds": seconds_since(signs.oldest_turn_at, at),
        "late_timers": signs.late_timers,
        "duplicates_refused": signs.duplicates_refused,
        "stale_sends_refused": signs.stale_sends_refused,
        "channel_troubles": len(signs.troubles),
        "alarms": [alarm.kind for alarm in alarms(signs, at)],
    }
