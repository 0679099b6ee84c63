"""What a customer edits or takes back changes in the thread of its card, too."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.channel import Case, TriageCard
from connectors.slack.faults import Refused
from connectors.slack.triage.desk import Room, TriageDesk
from connectors.slack.triage.lines import Told, line_of, told_again
from connectors.slack.triage.posts import FIXED, Posted, Posts

# A change that was on its way when the card was last looked at carries an older time.
MARGIN = timedelta(seconds=5)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
# What changed is told anew, below.
NOT_EDITED = FIXED | {"msg_too_long"}


class Retelling:
    """Of the posts that `TriageWorker` has made."""

    def __init__(self, desk: TriageDesk, posts: Posts) -> None:
        self._desk = desk
        self._posts = posts

    async def put_right(self, room: Room, held: TriageCard, case: Case) -> None:
        """Changes the posts that tell what somebody has changed since the card was settled.

        What stands in no post of this card that can be changed (it is an earlier card's, or too
        old, or somebody deleted it) is told anew, once.
        """
        if held.message is None or held.as_of == case.as_of:
            return
        since = EVER if held.as_of is None else min(held.as_of, case.as_of) - MARGIN
        found = await self._desk.agents.changed(held.conversation, since=since)
        left = {seq: _change(seq, at) for seq, at in found.items() if seq <= held.seq}
        if not left:
            return
        posts = await self._posts.told(room, held.message, held.conversation)
        told = frozenset().union(*(post.changes for post in posts))
        left = {seq: change for seq, change in left.items() if change not in told}
        for post in posts:
            here = [seq for seq in left if post.told.begin.seq < seq <= post.told.seq]
            if post.is_known and here and await self._is_put_right(room, held, post):
                left = {seq: change for seq, change in left.items() if seq not in here}
        if left:
            await self._tell_anew(room, held, left)

    async def _is_put_right(self, room: Room, held: TriageCard, post: Posted) -> bool:
        begin = post.told.begin
        entries = await self._desk.agents.entries(
            held.conversation, seq=begin.seq, notes=begin.notes
        )
        words = told_again(entries, post.told, here=f"{room.place}:", language=room.face.language)
        if words == post.told.text:
            return True
        await self._desk.cards.keep(held)  # there may be many
        try:
            now = Told(words, post.told.seq, post.told.notes, begin)
            await self._posts.retell(room, post.ts, held.conversation, now)
        except Refused as fault:
            if fault.code not in NOT_EDITED:
                raise
            return False
        return True

    async def _tell_anew(self, room: Room, held: TriageCard, changes: Mapping[int, str]) -> None:
        entries = await self._desk.agents.entries(
            held.conversation, seq=min(changes) - 1, notes=held.notes
        )
        lines = [line_of(one, room.face.language) for one in entries if one.seq in changes]
        post = Told("\n".join(lines), held.seq, held.notes)
        await self._posts.lines(
            room, str(held.message), held.conversation, post, changes=[*changes.values()]
        )


def _change(seq: int, at: datetime) -> str:
    return f"{seq}@{at.isoformat()}"
