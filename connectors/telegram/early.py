"""Edits that arrive before the messages that they change: Telegram brings updates to a webhook side
by side, and brings again later what it could not bring before."""

from collections.abc import Sequence
from dataclasses import replace

from bot.channel import Edit
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.parse import Said

KEPT_DAYS = 1.0  # as long as Telegram brings an update again


class EarlyEdits:
    """Keeps them until their messages come; those of messages that never reach the desk (a command,
    an answer to a form) are forgotten after a day."""

    def __init__(self, channel: TelegramChannel) -> None:
        self._channel = channel

    async def edited(self, said: Said) -> bool:
        """The message says that now, or will when it comes; whether the desk has it."""
        if await self._change(said) is not Edit.UNKNOWN:
            await self._channel.memory.forget(CHANNEL, _key(said))  # one from before
            return True
        await self.keep(said)
        # The message may have come to another process in between, which found nothing kept.
        return await self._change(said) is not Edit.UNKNOWN

    async def keep(self, said: Said) -> None:
        """What the message says now, for whoever hands it on."""
        kept = self._channel.hide(said.text)
        await self._channel.memory.keep(CHANNEL, _key(said), kept, days=KEPT_DAYS)

    async def kept(self, user: int, key: str) -> str | None:
        """What a message says since it was edited; None: as it was sent, or the desk knows."""
        return await self._channel.memory.recall(CHANNEL, f"edit:{user}:{key}")

    async def _change(self, said: Said) -> Edit:
        return await self._channel.edits.edited(CHANNEL, said.key, said.text)

    async def read(self, parts: Sequence[Said]) -> Sequence[Said]:
        """Messages that just came, as they were last edited."""
        return [await self._as_edited(part) for part in parts]

    async def _as_edited(self, said: Said) -> Said:
        if said.command is not None or not (said.text or said.files):
            return said
        kept = await self._channel.memory.recall(CHANNEL, _key(said))
        return said if kept is None else replace(said, text=kept)

    async def came(self, said: Said, *, again: bool) -> None:
        """The desk has the message as `said`, or had it before (`again`): an edit that another
        process kept while it was on its way found no message, and is made now."""
        kept = await self._channel.memory.recall(CHANNEL, _key(said))
        if kept is not None and (again or kept != said.text):
            await self._change(replace(said, text=kept))

    async def forget(self, user: int) -> None:
        """Nothing was ever edited by them."""
        for key in await self._channel.memory.starting(CHANNEL, f"edit:{user}:"):
            await self._channel.memory.forget(CHANNEL, key)


def _key(said: Said) -> str:
    return f"edit:{said.who.id}:{said.key}"
