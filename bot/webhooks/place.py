"""Where may be called. An address inside the network only if the desk's owner allows it.

Else whoever may set a webhook could make the desk call what only the desk can reach.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import FirstlineError

MAX_URL = 2000


class BadWebhookUrl(FirstlineError):
    """Not an address that can be called."""

    code = "bad_webhook_url"
    status = 422


class PrivateAddress(FirstlineError):
    """An address of this machine or its network, and these are not allowed."""

    code = "private_address"
    status = 422


def check_url(url: str, *, private_allowed: bool) -> str:
    """The address; raises BadWebhookUrl, or PrivateAddress for what can be told without a name."""
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        raise BadWebhookUrl(url=url[:200]) from None
    named = bool(parts.hostname) and parts.username is None and url.isprintable()
    if parts.scheme not in ("http", "https") or not named or not port_fits or len(url) > MAX_URL:
        raise BadWebhookUrl(url=url[:200])
    if not private_allowed and _is_private_literal(parts.hostname or ""):
        raise PrivateAddress(host=parts.hostname)
    return url


class PublicResolver(AbstractResolver):
    """Finds public addresses alone, also for a name that was moved since it was checked."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public ones of its addresses; OSError when there is none."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if not _is_private(one["host"])]
        if not public:
            raise OSError(f"{host} is an address inside the network")
        return public

    async def close(self) -> None:
        """Nothing is kept open."""
        await self._inner.close()


def _is_private_literal(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return _is_private(host)
    except ValueError:
        return False  # a name: `PublicResolver` sees where it leads


def _is_private(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global
