"""The desk's week, told in its triage channel on Monday morning."""

import asyncio

import structlog
from babel.numbers import format_decimal

from bot.channel import Digest
from bot.texts import text
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import Limited, SlackFault
from connectors.slack.mrkdwn import escape
from connectors.slack.triage.desk import Room, TriageDesk
from connectors.slack.triage.words import moment

LOOK_SECONDS = 60.0
TRIES = 3

log = structlog.get_logger()


async def work(slack: SlackChannel) -> None:
    """Looks every minute whether it is time, until cancelled; one process tells."""
    digests = WeeklyDigests(slack)
    while True:
        await digests.look()
        await asyncio.sleep(LOOK_SECONDS)


class WeeklyDigests:
    """For every desk with a triage channel that wants it."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._desk = TriageDesk(slack)

    async def look(self) -> None:
        """Tells what is due."""
        wanted = [d for d, r in self._slack.rules.items() if r.triage_channel and r.weekly_digest]
        if not wanted:
            return
        try:
            rooms = [room for room in await self._desk.rooms() if room.desk in wanted]
        except SlackFault as fault:
            log.info("slack.digest_waits", problem=str(fault))
            return
        for room in rooms:
            digest = await self._slack.digests.take_turn(room.desk, room.face.language)
            if digest is not None:
                await self._tell(room, digest)

    async def _tell(self, room: Room, digest: Digest) -> None:
        words = digest_in_words(
            digest, self._slack.desk_names[room.desk][room.face.language], room.face.language
        )
        for _ in range(TRIES):
            try:
                if await self._desk.is_private(room):
                    await self._slack.calls.call(
                        room.team,
                        "chat.postMessage",
                        channel=room.channel,
                        text=words,
                        unfurl_links="false",
                        unfurl_media="false",
                    )
            except Limited as fault:
                await asyncio.sleep(min(fault.seconds, LOOK_SECONDS))
            except SlackFault as fault:
                log.warning("slack.digest_not_told", desk=room.desk, problem=str(fault))
                return
            else:
                return


def digest_in_words(digest: Digest, name: str, language: str) -> str:
    """A line for each thing worth knowing."""
    lines = [
        text("asking.digest.title", language, desk=escape(name)),
        text(
            "asking.digest.opened",
            language,
            opened=digest.opened,
            bot=digest.solved_by_bot,
            people=digest.handed_off,
            closed=digest.closed,
        ),
    ]
    if digest.topics:
        named = ", ".join(f"{escape(topic.topic)} ({topic.count})" for topic in digest.topics)
        lines.append(text("asking.digest.topics", language, topics=named))
    lines.append(
        text(
            "asking.digest.unsolved",
            language,
            unsolved=digest.unsolved,
            waiting=digest.waiting,
            customer=digest.waiting_for_customer,
        )
    )
    if digest.oldest_waiting is not None:
        when = moment(digest.oldest_waiting)
        lines.append(text("asking.digest.oldest", language, when=when))
    if digest.rating is not None:
        mean = format_decimal(round(digest.rating, 1), locale=language)
        lines.append(text("asking.digest.rating", language, mean=mean, count=digest.ratings))
    return "\n".join(lines)
