"""The way out: a message of the desk becomes posts and files in its thread, each once.

Slack knows no key against doubles, so every post carries whose it is in its metadata. When it is
not known whether one arrived (no answer, or another process died over it), the thread is asked.
Files are `files_out`'s.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from bot.channel import (
    AuthorKind,
    ChannelMemory,
    FileDesk,
    OutboundMessage,
    Problem,
    Undeliverable,
)
from connectors.slack.blocks import Block, Post, posts_of
from connectors.slack.calls import Calls, Json
from connectors.slack.faults import PASSING, Refused, SlackFault, Unreachable, of_delivery
from connectors.slack.files_out import FilesOut, posts_since
from connectors.slack.place import Place

EVENT = "firstline_message"
MOST_UNFINISHED = 10_000
QUESTION = 1000  # its part of a message; no message has so many posts

log = structlog.get_logger()

Key = tuple[str, int]
# What is asked under a message, if anything.
Asks = Callable[[OutboundMessage], Awaitable[Post | None]]
# What stands under a message beside its own buttons.
StandsBelow = Callable[[OutboundMessage], Awaitable[tuple[Block, ...]]]
# Whether nobody is there any more who would read it.
HasLeft = Callable[[Place], Awaitable[bool]]


class SlackSender:
    """Posts in order; what Slack says no to is told to the agent by its kind."""

    def __init__(self, calls: Calls, files: FileDesk, memory: ChannelMemory) -> None:
        self._calls = calls
        self._files = FilesOut(calls, files, memory)
        # Of messages that are not through yet: which of their parts are.
        self._sent: dict[Key, set[int]] = {}
        self._in_doubt: set[Key] = set()
        # Set by whoever puts the connector together.
        self.asks: Asks | None = None
        self.below: StandsBelow | None = None
        self.has_left: HasLeft | None = None

    async def deliver(self, message: OutboundMessage) -> None:
        """Hands the message over; raises RetryLater or Undeliverable."""
        try:
            place = Place.of(message.thread)
        except ValueError as error:
            raise Undeliverable(str(error), Problem.GONE) from error
        key = message.conversation, message.seq
        is_agents = message.author.kind is AuthorKind.AGENT
        if is_agents and self.has_left is not None and await self.has_left(place):
            raise Undeliverable("users.info: deactivated", Problem.GONE)
        try:
            await self._look_what_arrived(place, message)
            await self._post(place, message)
            await self._upload(place, message)
            await self._ask(place, message)
        except SlackFault as fault:
            if isinstance(fault, Unreachable):
                self._in_doubt.add(key)
            told = of_delivery(fault)
            if isinstance(told, Undeliverable):
                self._give_up(key)
            raise told from fault
        except Undeliverable:
            self._give_up(key)
            raise
        self._forget(key)

    def _give_up(self, key: Key) -> None:
        """What of it has arrived does not come twice when an agent sends it again."""
        if not self._sent[key]:
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
        if not (is_new and message.may_have_left) and key not in self._in_doubt:
            return
        try:
            sent |= await self._parts_in(place, message)
        except Refused as fault:
            # Without the right to read there, once more is better than never.
            log.info("slack.cannot_look", problem=str(fault))
        self._in_doubt.discard(key)

    async def _parts_in(self, place: Place, message: OutboundMessage) -> set[int]:
        found: set[int] = set()
        for post in await posts_since(self._calls, place, message):
            mark = (post.get("metadata") or {}).get("event_payload") or {}
            if (mark.get("conversation"), mark.get("seq")) == (message.conversation, message.seq):
                found.add(int(mark.get("part", 0)))
        return found

    async def _post(self, place: Place, message: OutboundMessage) -> None:
        sent = self._sent[message.conversation, message.seq]
        for part, post in enumerate(await self._posts_of(message)):
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

    async def _posts_of(self, message: OutboundMessage) -> list[Post]:
        posts = posts_of(message)
        if posts and self.below is not None:
            last = posts[-1]
            posts[-1] = replace(last, blocks=(*last.blocks, *await self.below(message)))
        return posts

    async def _ask(self, place: Place, message: OutboundMessage) -> None:
        """What its customer thinks of a request, after its last words: a part of that message, so
        it is as sure as they are to come, and to come once."""
        sent = self._sent[message.conversation, message.seq]
        if self.asks is None or message.author.kind is not AuthorKind.SYSTEM or QUESTION in sent:
            return
        post = await self.asks(message)
        if post is None:
            return
        try:
            arguments = _arguments(place, message, post, QUESTION)
            await self._calls.call(place.team, "chat.postMessage", **arguments)
        except Refused as fault:
            if fault.code in PASSING:
                raise
            # The words have arrived: an agent has nothing to mend.
            log.info("slack.not_asked_for_rating", problem=str(fault))
        sent.add(QUESTION)

    async def _upload(self, place: Place, message: OutboundMessage) -> None:
        """An agent's files, each that can go: then raises Undeliverable with the names of those
        that Slack refuses or the desk has no more, so that the agent is told which."""
        sent = self._sent[message.conversation, message.seq]
        refused: dict[str, Undeliverable] = {}
        for number, file in enumerate(message.attachments):
            part = -1 - number  # no post has such a number
            if part in sent:
                continue
            try:
                await self._files.send(place, message, number)
            except Undeliverable as fault:
                refused[file.name] = fault
            except SlackFault as fault:
                told = of_delivery(fault)
                if not isinstance(told, Undeliverable) or told.problem is not Problem.REFUSED:
                    raise  # it would hold of the others as well
                refused[file.name] = told
            else:
                sent.add(part)
        if refused:
            first = next(iter(refused.values()))
            raise Undeliverable(f"{', '.join(refused)}: {first}", first.problem) from first


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
