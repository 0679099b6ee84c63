"""What a customer edits or takes back changes in the thread of its card, too."""

from datetime import timedelta

from bot.channel import Case, CaseEntry, TriageCard
from connectors.slack.faults import Refused
from connectors.slack.triage.desk import Room, TriageDesk
from connectors.slack.triage.lines import Told, line_of, told_again
from connectors.slack.triage.posts import Posts

# A change that was on its way when the card was last looked at carries an older time.
MARGIN = timedelta(seconds=5)
# Nobody can change this post any more: what changed is told anew, below.
FIXED = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class Retelling:
    """Of the posts that `TriageWorker` has made."""

    def __init__(self, desk: TriageDesk, posts: Posts) -> None:
        self._agents = desk.agents
        self._posts = posts

    async def put_right(self, room: Room, held: TriageCard, case: Case) -> None:
        """Changes the posts that tell what somebody has changed since the card was settled."""
        if held.message is None or held.as_of in (None, case.as_of):
            return
        since = held.as_of - MARGIN
        changed = await self._agents.changed(held.conversation, since=since)
        told = {seq for seq in changed if seq <= held.seq}
        if not told:
            return
        before = Told("", 0, 0)
        for ts, post in await self._posts.told(room, held.message, held.conversation):
            here = {seq for seq in told if before.seq < seq <= post.seq}
            if here:
                await self._put_right(room, held, ts, before, post, here)
            before = Told("", max(before.seq, post.seq), max(before.notes, post.notes))

    async def _put_right(
        self, room: Room, held: TriageCard, ts: str, before: Told, post: Told, changed: set[int]
    ) -> None:
        entries = await self._agents.entries(held.conversation, seq=before.seq, notes=before.notes)
        words = told_again(
            entries,
            before=before,
            now=post,
            here=f"{room.place}:",
            language=room.face.language,
        )
        if words == post.text:
            return
        try:
            now = Told(words, post.seq, post.notes)
            await self._posts.retell(room, ts, held.conversation, now)
        except Refused as fault:
            if fault.code not in FIXED:
                raise
            await self._tell_anew(room, held, [one for one in entries if one.seq in changed])

    async def _tell_anew(self, room: Room, held: TriageCard, entries: list[CaseEntry]) -> None:
        words = "\n".join(line_of(entry, room.face.language) for entry in entries)
        post = Told(words, held.seq, held.notes)
        await self._posts.lines(room, str(held.message), held.conversation, post)
