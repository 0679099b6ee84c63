"""`firstline doctor` on conversations: is any of them in limbo, does anything not get through."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.channel import Trouble
from bot.clock import now
from bot.db import Database
from bot.launcher.bot_checks import Check, State
from bot.upkeep.rules import GIVEN_UP_FOR, Alarm, Signs, alarms, seconds_since
from bot.upkeep.signs import read_signs
from bot.upkeep.words import in_words

# Alarm → (what it means, how to mend it).
MEANINGS = {
    "overdue": (
        "{count} in the queue of {desk} beyond the deadline",
        "answer them in the inbox; answer_within_minutes in desks.toml is the deadline",
    ),
    "without_owner": (
        "{count} that nobody can take: queued at a desk without agents, or not to be repaired",
        "firstline agent add EMAIL --name NAME --desk DESK; read upkeep.* in the log",
    ),
    "slow_bot": ("the bot keeps customers waiting", "look at the engine"),
    "undelivered": ("{count} messages do not get through", "read delivery.* in the log"),
    "late_timers": ("{count} timers are late or fail", "read timer.* in the log"),
    "unchecked": ("nobody has looked after them for a while", "start the desk"),
}

GIVEN_UP_REMEDY = (
    "wrong addresses, or a mail server that refuses: read postman.* in the log; "
    "what went to whom stands on the page of each person, and of their alerts"
)


def examine_conversations(url: str) -> Iterator[Check]:
    """What the database says; nothing when it cannot be read (another check says so)."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
        return  # to look must not make one
    try:
        signs = asyncio.run(_signs(url))
    except (SQLAlchemyError, OSError):
        return
    found = alarms(signs, now())
    for alarm in found:
        if alarm.trouble is not None:
            yield _trouble(alarm.trouble)
            continue
        what, remedy = MEANINGS[alarm.kind]
        detail = what.format(count=alarm.count, desk=alarm.desk)
        yield Check("conversations", _state(alarm), detail, remedy)
    if signs.dead_letters:
        detail = f"{signs.dead_letters} dead letters"
        yield Check("deliveries", State.WARN, detail, "send them again in the inbox")
    if signs.dead_account_mails or signs.dead_transcripts or signs.dead_alerts:
        detail = f"{_given_up(signs)} not taken in the last {GIVEN_UP_FOR.days} days"
        yield Check("mail", State.WARN, detail, GIVEN_UP_REMEDY)
    yield Check("conversations", State.OK, _numbers(signs))


async def _signs(url: str) -> Signs:
    db = Database(url, connections=2)
    try:
        async with db.read() as session:
            return await read_signs(session, at=now())
    finally:
        await db.close()


def _trouble(trouble: Trouble) -> Check:
    what, remedy = in_words(trouble, {}, "en")
    since = f"{trouble.since:%Y-%m-%d %H:%M} UTC"
    return Check("channels", State.WARN, f"{what} Since {since}.", remedy)


def _state(alarm: Alarm) -> State:
    return State.FAIL if alarm.kind == "without_owner" else State.WARN


def _given_up(signs: Signs) -> str:
    return (
        f"{signs.dead_account_mails} account mails, {signs.dead_transcripts} transcripts, "
        f"{signs.dead_alerts} alerts"
    )


def _numbers(signs: Signs) -> str:
    at = now()
    return (
        f"{signs.without_owner} without owner, {signs.undelivered} undelivered messages, "
        f"{signs.dead_letters} dead letters, {_given_up(signs)} not taken, oldest waiting turn "
        f"{seconds_since(signs.oldest_turn_at, at):g} s, {signs.duplicates_refused} duplicates "
        f"refused, {signs.stale_sends_refused} stale sends refused"
    )
