"""How often somebody may try to sign in: counted for each address and each account."""

from bot.channel import RateLimit
from bot.errors import FirstlineError


class TooManySignIns(FirstlineError):
    """Wait a minute."""

    code = "too_many_sign_ins"
    status = 429


class Attempts:
    """Refuses a try that the limit does not let pass."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit

    async def count(self, *whose: str) -> None:
        """Counts a try against each of these keys; raises TooManySignIns when one has none left."""
        if await self._limit.take(*whose):
            raise TooManySignIns
