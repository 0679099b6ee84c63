"""The desk's week, told in its triage channel on Monday morning.

Due is a row of the desk's; it is settled once the post stands there. A process that dies over it
leaves the row due, and the next one looks in the channel before it posts.
"""

import asyncio

import structlog
from babel.numbers import format_decimal

from bot.channel import Digest
from bot.texts import text
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import Limited, Refused, SlackFault
from connectors.slack.mrkdwn import escape
from connectors.slack.triage.desk import Room, TriageDesk
from connectors.slack.triage.words import moment

LOOK_SECONDS, AGAIN_SECONDS = 60.0, 3600.0
EVENT = "firstline_digest"
MOST_POSTS = 200

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
        """Once: in doubt, the channel itself is asked whether it stands there."""
        digests = self._slack.digests
        try:
            if not await self._desk.is_private(room):
                log.warning(
                    "slack.digest_not_told", desk=room.desk, problem="not private, or shared"
                )
                await digests.put_off(room.desk, AGAIN_SECONDS, in_doubt=False)
                return
            if not (digest.is_in_doubt and await self._is_there(room, digest)):
                await self._post(room, digest)
        except Refused as fault:
            # Nothing stands there; an admin has something to mend.
            log.warning("slack.digest_not_told", desk=room.desk, problem=str(fault))
            await digests.put_off(room.desk, AGAIN_SECONDS, in_doubt=digest.is_in_doubt)
        except SlackFault as fault:
            log.info("slack.digest_waits", desk=room.desk, problem=str(fault))
            pause = fault.seconds if isinstance(fault, Limited) else LOOK_SECONDS
            await digests.put_off(room.desk, pause, in_doubt=True)
        else:
            await digests.told(room.desk)

    async def _post(self, room: Room, digest: Digest) -> None:
        name = self._slack.desk_names[room.desk][room.face.language]
        await self._slack.calls.call(
            room.team,
            "chat.postMessage",
            channel=room.channel,
            text=digest_in_words(digest, name, room.face.language),
            metadata={"event_type": EVENT, "event_payload": _mark(digest)},
            unfurl_links="false",
            unfurl_media="false",
        )

    async def _is_there(self, room: Room, digest: Digest) -> bool:
        since = digest.due_at or digest.until
        said = await self._slack.calls.call(
            room.team,
            "conversations.history",
            channel=room.channel,
            include_all_metadata="true",
            oldest=f"{since.timestamp() - 60:.6f}",
            limit=MOST_POSTS,
        )
        return any(
            (post.get("metadata") or {}).get("event_payload") == _mark(digest)
            for post in said.get("messages") or ()
        )


def _mark(digest: Digest) -> dict[str, str]:
    """Which digest a post is."""
    due = digest.due_at or digest.until
    return {"desk": digest.desk, "due": due.isoformat()}


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
