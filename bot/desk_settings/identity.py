"""How a desk checks who a host site says its user is: [DESK.identity] in `desks.toml`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from bot.desk_settings.table import Table

METHODS = ("HS256", "RS256", "ES256", "HMAC")
LEAST_SECRET = 32  # characters: what HS256 asks for
LEEWAY_SECONDS = 30
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KNOWN = (
    *("method", "secret_file", "secret_env", "public_key_file"),
    *("leeway_seconds", "issuer", "audience"),
)


@dataclass(frozen=True)
class IdentityKey:
    """One way of signing, pinned: whatever a token itself says about it is not believed."""

    method: str
    key: OctKey | RSAKey | ECKey
    secret: bytes = b""  # of HMAC
    leeway_seconds: int = LEEWAY_SECONDS
    issuer: str | None = None
    audience: str | None = None


# `Any`: what a person wrote into a TOML file.
def read_identity(
    file: Path, desk: str, raw: Any, environment: Mapping[str, str] = os.environ
) -> IdentityKey | None:
    """The settings of [DESK.identity]; None without. Raises BadDesksFile, which tells no secret."""
    if raw is None:
        return None
    table = Table(file, f"{desk}.identity", raw, known=KNOWN)
    method = table.text("method", check=lambda v: v in METHODS, must=f"one of {', '.join(METHODS)}")
    secret = b""
    if method in ("HS256", "HMAC"):
        secret = _secret(table, environment)
        key: OctKey | RSAKey | ECKey = OctKey.import_key(secret)
    else:
        key = _public_key(table, method)
    return IdentityKey(
        method=method,
        key=key,
        secret=secret,
        leeway_seconds=table.number("leeway_seconds", least=0, most=300, otherwise=LEEWAY_SECONDS),
        issuer=table.optional_text("issuer", must="a text"),
        audience=table.optional_text("audience", must="a text"),
    )


def _secret(table: Table, environment: Mapping[str, str]) -> bytes:
    if "secret_env" in table:
        name = table.text(
            "secret_env",
            check=lambda v: bool(VARIABLE.fullmatch(v)),
            must="the name of an environment variable",
        )
        found, where = environment.get(name, ""), f"variable {name}"
        key = "secret_env"
    elif "secret_file" in table:
        found, where = _read(table, "secret_file"), "file"
        key = "secret_file"
    else:
        raise table.fault("secret_file", "(or secret_env) is missing: where the secret stands")
    if len(found.strip()) < LEAST_SECRET:
        raise table.fault(
            key, f"names a {where} whose secret has less than {LEAST_SECRET} characters"
        )
    return found.strip().encode()


def _public_key(table: Table, method: str) -> RSAKey | ECKey:
    if "public_key_file" not in table:
        raise table.fault("public_key_file", f"is missing: {method} is checked with a public key")
    pem = _read(table, "public_key_file")
    if "PRIVATE KEY" in pem:
        raise table.fault(
            "public_key_file",
            "holds a private key: keep that with your site, and give us its public",
        )
    try:
        if method == "RS256":
            return RSAKey.import_key(pem)
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        raise table.fault(
            "public_key_file", f"holds no public key for {method} in PEM form"
        ) from None
    if key.curve_name != "P-256":
        raise table.fault("public_key_file", f"must be of curve P-256 for {method}")
    return key


def _read(table: Table, key: str) -> str:
    name = table.text(key, must="the name of a file, seen from the desks file")
    path = table.file.parent / name
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise table.fault(key, f"names {path}, which cannot be read") from None
