"""The way out: a message of the desk becomes posts and files in its thread, each once.

Slack knows no key against doubles, so every post carries whose it is in its metadata. When it is
not known whether one arrived (no answer, or another process died over it), the thread is asked.
"""

from datetime import UTC, datetime, timedelta

import structlog

from bot.channel import FileDesk, FirstlineError, OutboundMessage, Problem, Undeliverable
from connectors.slack.blocks import Post, posts_of
from connectors.slack.calls import Calls, Json
from connectors.slack.faults import Refused, SlackFault, Unreachable, of_delivery
from connectors.slack.place import Place

EVENT = "firstline_message"
# A message that is first seen here at this age may have been tried by a process that died.
LEFT_BEHIND = timedelta(seconds=60)
MOST_UNFINISHED = 10_000
MOST_REPLIES = 200

log = structlog.get_logger()

Key = tuple[str, int]


class SlackSender:
    """Posts in order; what Slack says no to is told to the agent by its kind."""

    def __init__(self, calls: Calls, files: FileDesk) -> None:
        self._calls = calls
        self._files = files
        self._began = datetime.now(UTC)
        # Of messages that are not through yet: which of their parts are.
        self._sent: dict[Key, set[int]] = {}
        self._in_doubt: set[Key] = set()

    async def deliver(self, message: OutboundMessage) -> None:
        """Hands the message over; raises RetryLater or Undeliverable."""
        try:
            place = Place.of(message.thread)
        except ValueError as error:
            raise Undeliverable(str(error), Problem.GONE) from error
        key = message.conversation, message.seq
        try:
            await self._look_what_arrived(place, message)
            await self._post(place, message)
            await self._upload(place, message)
        except SlackFault as fault:
            if isinstance(fault, Unreachable):
                self._in_doubt.add(key)
            told = of_delivery(fault)
            if isinstance(told, Undeliverable):
                self._forget(key)
            raise told from fault
        self._forget(key)

    def _forget(self, key: Key) -> None:
        self._sent.pop(key, None)
        self._in_doubt.discard(key)

    async def _look_what_arrived(self, place: Place, message: OutboundMessage) -> None:
        key = message.conversation, message.seq
        is_new = key not in self._sent
        if is_new and len(self._sent) >= MOST_UNFINISHED:
            self._sent.clear()
        sent = self._sent.setdefault(key, set())
        left_behind = is_new and (
            message.at < self._began or datetime.now(UTC) - message.at > LEFT_BEHIND
        )
        if not left_behind and key not in self._in_doubt:
            return
        try:
            sent |= await self._parts_in(place, message)
        except Refused as fault:
            # Without the right to read there, once more is better than never.
            log.info("slack.cannot_look", problem=str(fault))
        self._in_doubt.discard(key)

    async def _parts_in(self, place: Place, message: OutboundMessage) -> set[int]:
        since = {"oldest": f"{message.at.timestamp() - 60:.6f}", "limit": str(MOST_REPLIES)}
        wanted = {"channel": place.channel, "include_all_metadata": "true", **since}
        if place.thread is None:
            said = await self._calls.call(place.team, "conversations.history", **wanted)
        else:
            said = await self._calls.call(
                place.team, "conversations.replies", ts=place.thread, **wanted
            )
        found: set[int] = set()
        for post in said.get("messages") or ():
            mark = (post.get("metadata") or {}).get("event_payload") or {}
            if (mark.get("conversation"), mark.get("seq")) == (message.conversation, message.seq):
                found.add(int(mark.get("part", 0)))
        return found

    async def _post(self, place: Place, message: OutboundMessage) -> None:
        sent = self._sent[message.conversation, message.seq]
        for part, post in enumerate(posts_of(message)):
            if part in sent:
                continue
            arguments = _arguments(place, message, post, part)
            try:
                await self._calls.call(place.team, "chat.postMessage", **arguments)
            except Refused as fault:
                if not fault.code.startswith("invalid_blocks"):
                    raise
                # Something in them is not to Slack's taste: its words are what matters.
                log.warning("slack.blocks_refused", conversation=message.conversation)
                del arguments["blocks"]
                await self._calls.call(place.team, "chat.postMessage", **arguments)
            sent.add(part)

    async def _upload(self, place: Place, message: OutboundMessage) -> None:
        """An agent's files; one that the desk has no more is told of, the others go."""
        sent = self._sent[message.conversation, message.seq]
        for number, attached in enumerate(message.attachments):
            part = -1 - number  # no post has such a number
            if part in sent:
                continue
            try:
                file = await self._files.open(attached.url.rpartition("/")[2])
                content = b"".join([piece async for piece in file.pieces])
            except FirstlineError as gone:
                raise Undeliverable(str(gone), Problem.REFUSED) from gone
            await self._calls.upload(
                place.team, place.channel, place.thread, name=attached.name, content=content
            )
            sent.add(part)


def _arguments(place: Place, message: OutboundMessage, post: Post, part: int) -> Json:
    mark = {"conversation": message.conversation, "seq": message.seq, "part": part}
    return {
        "channel": place.channel,
        "thread_ts": place.thread,
        "text": post.text,
        "blocks": list(post.blocks),
        "metadata": {"event_type": EVENT, "event_payload": mark},
        "unfurl_links": "false",
        "unfurl_media": "false",
    }
