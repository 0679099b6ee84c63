"""In a group: what may be read by all, and what its customer reads in a private chat.

Only the bot's general answers are shown in a group. Everything else (what an agent writes, a
question of a form, a found order) waits until its customer follows a link into the private chat;
from then on the conversation goes on there until it is over.
"""

import json
from collections.abc import Callable

from bot.channel import (
    Answered,
    AuthorKind,
    ChannelDesk,
    ChannelMemory,
    OutboundMessage,
    says_helpful,
)
from bot.texts import text
from connectors.telegram.channel import CHANNEL, Me
from connectors.telegram.compose import Key
from connectors.telegram.places import Place, Thread, message_in
from connectors.telegram.speaker import Speaker

KEPT_DAYS = 30.0
LINK = "p"  # the parameter of the link begins with it


def link_to(me: Me, parameter: str) -> str:
    """Opens the private chat with the bot, which then gets `/start parameter`."""
    return f"https://t.me/{me.username}?start={parameter}"


class Privately:
    """Decides, and remembers what waits. Its keys in the channel's memory:

    `waits:CONVERSATION`: the thread, and which messages wait; `private:CONVERSATION`: it goes on
    in the private chat; `shown:CONVERSATION:SEQ`: whoever wrote this shows that message there.
    """

    def __init__(
        self, desk: ChannelDesk, memory: ChannelMemory, speaker: Speaker, me: Callable[[], Me]
    ) -> None:
        self._desk = desk
        self._memory = memory
        self._speaker = speaker
        self._me = me

    async def place_of(
        self, thread: Thread, message: OutboundMessage, answered: Answered
    ) -> Place | None:
        """Where it may be shown; None: it waits, and its customer was told where."""
        member = Place(thread.member or 0)
        if await self.is_private(message.conversation):
            return member
        if _asks_for_an_opinion(message):
            return None
        if message.author.kind is AuthorKind.BOT and answered.is_general:
            return Place(thread.chat, thread.topic, is_group=True)
        await self._wait(thread, message, answered)
        # Written first, asked after: whoever opens the private chat meanwhile does it the other way
        # round, so one of the two sees the other.
        if await self.is_private(message.conversation) and await self._show_once(message):
            return member
        return None

    async def is_private(self, conversation: str) -> bool:
        """Whether it goes on in the private chat."""
        return await self._memory.recall(CHANNEL, f"private:{conversation}") is not None

    async def _show_once(self, message: OutboundMessage) -> bool:
        key = f"shown:{message.conversation}:{message.seq}"
        return await self._memory.first(CHANNEL, key, days=KEPT_DAYS)

    async def _wait(self, thread: Thread, message: OutboundMessage, answered: Answered) -> None:
        key = f"waits:{message.conversation}"
        known = await self._memory.recall(CHANNEL, key)
        first = json.loads(known)["first"] if known else message.seq
        kept = {"thread": thread.key, "first": first, "last": message.seq}
        await self._memory.keep(CHANNEL, key, json.dumps(kept), days=KEPT_DAYS)
        told = f"told:{message.conversation}:{answered.to or ''}"[:200]
        if await self._memory.first(CHANNEL, told, days=KEPT_DAYS):
            await self._tell(thread, message, answered)

    async def _tell(self, thread: Thread, message: OutboundMessage, answered: Answered) -> None:
        """Nothing of what waits, and not even what it is about."""
        status = await self._desk.thread_status(CHANNEL, thread.key)
        language = status.language if status else "en"
        link = Key(
            text("telegram.open_private", language),
            url=link_to(self._me(), f"{LINK}{message.conversation}"),
        )
        await self._speaker.say(
            Place(thread.chat, thread.topic, is_group=True),
            text("telegram.waits_in_private", language),
            keys=((link,),),
            quotes=message_in(answered.to, thread.chat) if answered.to else None,
        )

    async def open(self, conversation: str, user: int) -> list[OutboundMessage] | None:
        """The customer came along the link: what has waited; None when it is not theirs."""
        kept = await self._memory.recall(CHANNEL, f"waits:{conversation}")
        if kept is None:
            return None
        waits = json.loads(kept)
        if Thread.read(waits["thread"]).member != user:
            return None
        await self._memory.keep(CHANNEL, f"private:{conversation}", "", days=KEPT_DAYS)
        waits = json.loads(await self._memory.recall(CHANNEL, f"waits:{conversation}") or kept)
        found = await self._desk.messages_after(
            CHANNEL, waits["thread"], conversation, waits["first"] - 1
        )
        return [
            message
            for message in found
            if message.seq <= waits["last"]
            and message.author.kind is not AuthorKind.CUSTOMER
            and await self._show_once(message)
        ]

    async def thread_behind(self, conversation: str) -> str | None:
        """The group's thread of a conversation that waits in private."""
        kept = await self._memory.recall(CHANNEL, f"waits:{conversation}")
        return None if kept is None else str(json.loads(kept)["thread"])


def _asks_for_an_opinion(message: OutboundMessage) -> bool:
    """“Was this helpful?”: a group is spared it."""
    said = [says_helpful(button.payload) for button in message.buttons]
    return bool(said) and None not in said
