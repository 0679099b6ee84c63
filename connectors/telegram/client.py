"""The bot's own connection to Telegram: python-telegram-bot, with Telegram's limits kept."""

import asyncio
from collections.abc import Sequence
from typing import Any

from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from connectors.telegram.pace import CHAT_SECONDS, EDITS, MESSAGES, Pace

CONNECTIONS = 64
READ_SECONDS = 10.0
Answer = Any  # what Telegram answers: JSON


class Bots(ExtBot[int]):
    """The library's bot, with updates as they came."""

    # `Any`: as the library has it.
    async def _post(self, endpoint: str, data: dict[str, Any] | None = None, **more: Any) -> Answer:
        """Of a message that was taken, the answer's number and time are all that we need.

        To stumble over the rest of the answer would be to send the message again.
        """
        answer = await super()._post(endpoint, data, **more)
        if endpoint not in (MESSAGES | EDITS) or not isinstance(answer, dict):
            return answer
        chat = {"id": (data or {}).get("chat_id", 0), "type": "private"}
        date = answer.get("date")
        date = date if type(date) is int and 0 < date < 2**32 else 0
        return {"message_id": answer.get("message_id", 0), "date": date, "chat": chat}

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
