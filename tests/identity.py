"""A host site that signs who its users are, as a real one would."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

SECRET = "a-shared-secret-of-at-least-32-characters"
DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[customer-care.identity]
method = "HS256"
secret_file = "identity.key"
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
[it-help.identity]
method = "HMAC"
secret_file = "identity.key"
"""


def write_desks(folder: Path, desks: str = DESKS) -> Path:
    """The desks file with its secret beside it."""
    (folder / "identity.key").write_text(f"{SECRET}\n", "utf-8")
    file = folder / "desks.toml"
    file.write_text(desks, "utf-8")
    return file


def token(
    user_id: object = "user-1",
    *,
    key: OctKey | RSAKey | ECKey | None = None,
    algorithm: str = "HS256",
    seconds: float = 300,
    claims: Mapping[str, object] | None = None,
) -> str:
    """What the site gives its page; `claims` may replace any of them, None takes one out."""
    body = {"sub": user_id, "exp": int(time.time() + seconds)} | dict(claims or {})
    kept = {name: value for name, value in body.items() if value is not None}
    return jwt.encode({"alg": algorithm}, kept, key or OctKey.import_key(SECRET))


def user_hash(user_id: str, secret: str = SECRET) -> str:
    """The other way: HMAC of the user id."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()
