"""Who the desk is to the push services of browsers (VAPID, RFC 8292).

The key pair is made from the installation's secret: every process of a desk has the same one, and
nothing more has to be kept. After that secret was changed, browsers have to be turned on anew.
"""

import hmac
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64encode

from bot.clock import now

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256
# Push services take no token that holds for longer than a day.
HOLDS = timedelta(hours=12)


class Vapid:
    """Signs for one desk. `contact`: whom a push service may write to, mailto: or https:."""

    def __init__(self, installation_secret: str, *, contact: str) -> None:
        seed = hmac.digest(installation_secret.encode(), b"Firstline: web push", "sha512")
        private = int.from_bytes(seed, "big") % (ORDER - 1) + 1
        key = ec.derive_private_key(private, ec.SECP256R1())
        self._contact = contact
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        # As browsers want it for `applicationServerKey`.
        self.public_key = urlsafe_b64encode(point).decode()
        self._key = ECKey.import_key(
            {
                "kty": "EC",
                "crv": "P-256",
                "x": urlsafe_b64encode(point[1:33]).decode(),
                "y": urlsafe_b64encode(point[33:]).decode(),
                "d": urlsafe_b64encode(private.to_bytes(32, "big")).decode(),
            }
        )

    def authorization(self, endpoint: str) -> str:
        """The header for this endpoint's push service."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now() + HOLDS).timestamp()),
            "sub": self._contact,
        }
        token = jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self._key)
        return f"vapid t={token}, k={self.public_key}"
