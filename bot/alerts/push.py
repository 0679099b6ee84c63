"""Sends one message to one browser through its push service (RFC 8030), encrypted for it alone."""

import asyncio
import binascii
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.util import urlsafe_b64decode

from bot.alerts.vapid import Vapid
from bot.errors import FirstlineError
from bot.mail.mailer import MailNotTaken, MailRefused
from bot.webhooks.place import BadWebhookUrl, PrivateAddress, PublicResolver, check_url

SECONDS = 15.0
TTL_SECONDS = 3600  # later than that it is no news
MAX_ENDPOINT = 1000
GONE = (404, 410)
LATER = (408, 425, 429)
POINT_BYTES, AUTH_BYTES = 65, 16


class BadSubscription(FirstlineError):
    """Not what a browser says of its push service."""

    code = "bad_push_subscription"
    status = 422


class BrowserGone(Exception):
    """The browser does not want it any more, or does not exist any more."""


@dataclass(frozen=True)
class Address:
    """Where a browser is reached: its push service, and the keys that only it can open."""

    endpoint: str
    p256dh: str
    auth: str


def read_address(endpoint: str, p256dh: str, auth: str, *, private_allowed: bool) -> Address:
    """Checks what a page told; raises BadSubscription."""
    try:
        check_url(endpoint, private_allowed=private_allowed)
        point, secret = _bytes(p256dh), _bytes(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (BadWebhookUrl, PrivateAddress, ValueError):
        raise BadSubscription from None
    is_https = urlsplit(endpoint).scheme == "https"
    fits = len(point) == POINT_BYTES and len(secret) == AUTH_BYTES
    if not is_https or not fits or len(endpoint) > MAX_ENDPOINT:
        raise BadSubscription
    return Address(endpoint, p256dh, auth)


class Pusher:
    """Follows no redirect, and speaks to nobody inside the network unless it may."""

    def __init__(self, vapid: Vapid, *, private_allowed: bool) -> None:
        self.vapid = vapid
        self.private_allowed = private_allowed

    async def push(self, to: Address, payload: bytes, *, topic: str) -> None:
        """Returns once the push service has it. `topic`: a newer one of it replaces an older one.

        Raises BrowserGone, MailNotTaken or MailRefused.
        """
        headers = {
            "authorization": self.vapid.authorization(to.endpoint),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TTL_SECONDS),
            "urgency": "high",
            "topic": topic,
        }
        try:
            read_address(to.endpoint, to.p256dh, to.auth, private_allowed=self.private_allowed)
            body = encrypted(payload, to)
            async with (
                asyncio.timeout(SECONDS),
                self._http() as http,
                http.post(
                    to.endpoint, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
        except BadSubscription:
            raise BrowserGone from None
        except TimeoutError:
            raise MailNotTaken(f"no answer within {SECONDS:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise MailNotTaken(type(error).__name__) from error
        _judge(status)

    def _http(self) -> aiohttp.ClientSession:
        resolver = aiohttp.ThreadedResolver() if self.private_allowed else PublicResolver()
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None),
            connector=aiohttp.TCPConnector(resolver=resolver, ssl=ssl.create_default_context()),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # a proxy would look names up past `PublicResolver`
        )


def encrypted(payload: bytes, to: Address) -> bytes:
    """The payload for this browser alone (RFC 8291), with a key of its own each time."""
    made: bytes = http_ece.encrypt(
        payload,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(to.p256dh),
        auth_secret=_bytes(to.auth),
        version="aes128gcm",
    )
    return made


def _judge(status: int) -> None:
    if status in GONE:
        raise BrowserGone
    if status in LATER or status >= 500:
        raise MailNotTaken(f"HTTP {status}")
    if not 200 <= status < 300:
        raise MailRefused(f"HTTP {status}")


def _bytes(words: str) -> bytes:
    """Of unpadded base64url; raises ValueError."""
    try:
        return urlsafe_b64decode(words.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("no base64url") from error
