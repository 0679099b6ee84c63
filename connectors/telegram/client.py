"""The bot's own connection to Telegram: python-telegram-bot, with Telegram's limits kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from time import monotonic
from typing import Any

from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

# What Telegram allows: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
OVERALL_PER_SECOND = 30
GROUP_PER_MINUTE = 20
CHAT_SECONDS = 1.0
CONNECTIONS = 64
READ_SECONDS = 10.0
KNOWN_CHATS = 10_000
# The messages; typing signs and answers to presses do not count.
MESSAGES = frozenset({"sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup"})
EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})

Answer = Any  # what Telegram answers: JSON


class Pace(AIORateLimiter):
    """Thirty messages a second overall, twenty a minute in a group, one a second in a chat.

    PTB's limiter knows the first two. A chat's next message waits here for its second.
    """

    def __init__(self, *, chat_seconds: float = CHAT_SECONDS) -> None:
        super().__init__(
            overall_max_rate=OVERALL_PER_SECOND,
            overall_time_period=1,
            group_max_rate=GROUP_PER_MINUTE,
            group_time_period=60,
            max_retries=0,
        )
        self._chat_seconds = chat_seconds
        self._next: OrderedDict[str, float] = OrderedDict()

    # `Any`: as the class above has it.
    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Waits for the chat's turn, then for the others'."""
        chat = data.get("chat_id")
        if chat is not None and endpoint in MESSAGES:
            await self._wait_for(str(chat))
        return await super().process_request(
            callback, args, kwargs, endpoint, data, rate_limit_args
        )

    async def _wait_for(self, chat: str) -> None:
        at = monotonic()
        mine = max(at, self._next.get(chat, at))
        self._next[chat] = mine + self._chat_seconds
        self._next.move_to_end(chat)
        if len(self._next) > KNOWN_CHATS:
            self._next.popitem(last=False)
        if mine > at:
            await asyncio.sleep(mine - at)


class Bots(ExtBot[int]):
    """The library's bot, with updates as they came."""

    # `Any`: as the library has it.
    async def _post(self, endpoint: str, data: dict[str, Any] | None = None, **more: Any) -> Answer:
        """Of a message that was taken, the answer's number is all that we need.

        To stumble over the rest of the answer would be to send the message again.
        """
        answer = await super()._post(endpoint, data, **more)
        if endpoint not in (MESSAGES | EDITS) or not isinstance(answer, dict):
            return answer
        chat = {"id": (data or {}).get("chat_id", 0), "type": "private"}
        return {"message_id": answer.get("message_id", 0), "date": 0, "chat": chat}

    async def disconnect(self) -> None:
        """All connections; `shutdown` leaves those of a bot that never got to know itself."""
        await asyncio.gather(*(request.shutdown() for request in self._request))

    async def raw_me(self) -> Answer:
        """What getMe answers, unread; raises TelegramError."""
        return await self._post("getMe")

    async def raw_updates(
        self, *, offset: int | None, limit: int, wait: int, allowed: Sequence[str]
    ) -> Answer:
        """What getUpdates answers, unread; raises TelegramError.

        The library's own method reads all updates before it gives any: one of a kind that this
        version does not know would stop all others for ever.
        """
        return await self._post(
            "getUpdates",
            {
                "offset": offset,
                "limit": limit,
                "timeout": wait,
                "allowed_updates": list(allowed),
            },
            read_timeout=wait + READ_SECONDS,
        )


def make_bot(token: str, *, api_url: str = "", chat_seconds: float = CHAT_SECONDS) -> Bots:
    """Opens nothing yet; `api_url`: another place than Telegram's own, such as a test's."""
    place = api_url or "https://api.telegram.org"
    return Bots(
        token,
        base_url=f"{place}/bot",
        base_file_url=f"{place}/file/bot",
        request=HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=20, write_timeout=60),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=10),
        rate_limiter=Pace(chat_seconds=chat_seconds),
    )
