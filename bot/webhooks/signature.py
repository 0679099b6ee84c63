"""Signs what is sent, as standardwebhooks.com specifies it (version 1, symmetric). Pure."""

import base64
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 24


def new_secret() -> str:
    """A fresh secret, as the receiver keeps it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(secret: str, *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers by which the receiver knows that it is us, and when. Seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    key = base64.b64decode(secret.removeprefix(PREFIX))
    mac = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{mac}",
    }
