"""Agents' files on their way out: each into its thread once.

Slack shares a file by its id, so the id is remembered before it is shared. When it is not known
whether that was done (no answer, or another process died over it), the thread is asked for that id.
"""

import structlog

from bot.channel import (
    ChannelMemory,
    FileDesk,
    FirstlineError,
    OutboundMessage,
    Problem,
    Undeliverable,
)
from connectors.slack.calls import Calls, Json
from connectors.slack.faults import Refused
from connectors.slack.place import Place
from connectors.slack.teams import CHANNEL

# As long as somebody may still press "Send again".
KEPT_DAYS = 30.0
MOST_REPLIES = 200

log = structlog.get_logger()


class FilesOut:
    """Uploads them, and finds those that were uploaded before."""

    def __init__(self, calls: Calls, files: FileDesk, memory: ChannelMemory) -> None:
        self._calls = calls
        self._files = files
        self._memory = memory

    async def send(self, place: Place, message: OutboundMessage, number: int) -> None:
        """One of the message's attachments; raises SlackFault, and Undeliverable when the desk has
        it no more."""
        attached = message.attachments[number]
        key = f"file:{message.conversation}:{message.seq}:{number}"
        known = await self._memory.recall(CHANNEL, key)
        if known is not None:
            if await self._is_in(place, message, known):
                return
            try:
                await self._share(place, known, attached.name)
            except Refused as fault:
                if (
                    fault.code != "file_not_found"
                ):  # Slack keeps no file for long that is not shared
                    raise
            else:
                return
        try:
            file = await self._files.open(attached.url.rpartition("/")[2])
            content = b"".join([piece async for piece in file.pieces])
        except FirstlineError as gone:
            raise Undeliverable(str(gone), Problem.REFUSED) from gone
        uploaded = await self._calls.upload(place.team, name=attached.name, content=content)
        await self._memory.keep(CHANNEL, key, uploaded, days=KEPT_DAYS)
        await self._share(place, uploaded, attached.name)

    async def _share(self, place: Place, file: str, title: str) -> None:
        await self._calls.call(
            place.team,
            "files.completeUploadExternal",
            files=[{"id": file, "title": title}],
            channel_id=place.channel,
            thread_ts=place.thread,
        )

    async def _is_in(self, place: Place, message: OutboundMessage, file: str) -> bool:
        try:
            posts = await posts_since(self._calls, place, message)
        except Refused as fault:
            # Without the right to read there, once more is better than never.
            log.info("slack.cannot_look", problem=str(fault))
            return False
        return any(one.get("id") == file for post in posts for one in post.get("files") or ())


async def posts_since(calls: Calls, place: Place, message: OutboundMessage) -> list[Json]:
    """What stands in a place since the message was written, with everybody's metadata."""
    since = {"oldest": f"{message.at.timestamp() - 60:.6f}", "limit": str(MOST_REPLIES)}
    wanted = {"channel": place.channel, "include_all_metadata": "true", **since}
    if place.thread is None:
        said = await calls.call(place.team, "conversations.history", **wanted)
    else:
        said = await calls.call(place.team, "conversations.replies", ts=place.thread, **wanted)
    return list(said.get("messages") or ())
