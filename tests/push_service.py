"""A push service of this machine, and the browser behind it. Written from RFC 8291 and RFC 8292,
with none of the code that the desk sends with."""

import asyncio
import base64
import json
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.processes import free_port

CURVE = ec.SECP256R1()


def to_base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_base64url(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def decrypt(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """One record of `aes128gcm`, as a browser reads it (RFC 8291, 3.4; RFC 8188, 2)."""
    salt, (size,), length = body[:16], struct.unpack("!L", body[16:20]), body[20]
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(sealed) <= size, "a push message is one record"
    shared = private.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender)
    )
    info = b"WebPush: info\x00" + point_of(private.public_key()) + sender
    keying = _derive(shared, auth, info, 32)
    key = _derive(keying, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(keying, salt, b"Content-Encoding: nonce\x00", 12)
    padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    assert padded[-1] == 2, "the last record is marked so"
    return padded[:-1]


def check_vapid(header: str, key: str) -> dict[str, Any]:
    """The claims of the sender, who must have this public key (RFC 8292, 2 and 3)."""
    scheme, _, rest = header.partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, fields["k"]) == ("vapid", key)
    head, claims, signature = fields["t"].split(".")
    assert json.loads(from_base64url(head)) == {"alg": "ES256", "typ": "JWT"}
    raw = from_base64url(signature)
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, from_base64url(key))
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    read: dict[str, Any] = json.loads(from_base64url(claims))
    return read


@dataclass
class PushedTo:
    """A browser: its subscription, and what came in for it."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(CURVE)
    )
    auth: bytes = b"0123456789abcdef"
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 201
    meets: asyncio.Barrier | None = None  # it answers when all who meet there were pushed to

    @property
    def fields(self) -> dict[str, str]:
        """As push.js tells them to the desk."""
        return {
            "endpoint": self.endpoint,
            "p256dh": to_base64url(point_of(self.private.public_key())),
            "auth": to_base64url(self.auth),
        }

    def read(self, place: int = -1) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(decrypt(self.bodies[place], self.private, self.auth))
        return read


class PushService:
    """Keeps what is pushed, or answers as a browser's `status` says."""

    def __init__(self, port: int) -> None:
        self.origin = f"https://127.0.0.1:{port}"
        self.browsers: dict[str, PushedTo] = {}

    def browser(self, name: str = "one") -> PushedTo:
        made = self.browsers[name] = PushedTo(f"{self.origin}/push/{name}")
        return made

    async def take(self, request: web.Request) -> web.Response:
        to = self.browsers[request.match_info["name"]]
        body = await request.read()
        if to.meets is not None:
            await to.meets.wait()
        if to.status == 307:
            return web.Response(status=307, headers={"location": f"{self.origin}/push/other"})
        if to.status == 201:
            to.bodies.append(body)
            to.headers.append({key.lower(): value for key, value in request.headers.items()})
        return web.Response(status=to.status)


@asynccontextmanager
async def push_service(certificate: Path) -> AsyncIterator[PushService]:
    """Until the block ends; over TLS, with this certificate and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    service = PushService(free_port())
    app = web.Application()
    app.router.add_post("/push/{name}", service.take)
    runner = web.AppRunner(app)
    await runner.setup()
    port = int(service.origin.rpartition(":")[2])
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
    try:
        yield service
    finally:
        await runner.cleanup()
