"""Is this signed by the host site? Tokens (JWT) and hashes (HMAC of the user id). Pure."""

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError

from bot.channel import FirstlineError, Proof
from bot.desk_settings.identity import IdentityKey

LONGEST_ID = 200
LONGEST_NAME = 200
LONGEST_EMAIL = 320
# Of the account: as much as an agent takes in at a glance.
MOST_FACTS = 12
LONGEST_LABEL = 60
LONGEST_FACT = 300
LARGEST_NUMBER = 2**53  # what JSON's readers agree on; beyond it a number is a text


class BadIdentity(FirstlineError):
    """The proof is not good; `detail` says why to whoever builds the site."""

    code = "bad_identity"
    status = 401


class IdentityExpired(BadIdentity):
    """It was good once: the page was open for too long, or came from a cache."""

    code = "identity_expired"


@dataclass(frozen=True)
class Person:
    """Who the site says it is. Name, e-mail and account only where they were signed as well."""

    user_id: str
    name: str | None = None
    email: str | None = None
    account: Mapping[str, str | float | bool] | None = None  # by label; None: not told


def check(proof: Proof, key: IdentityKey | None, *, desk: str) -> Person:
    """The person; raises BadIdentity or IdentityExpired."""
    if key is None:
        raise BadIdentity(detail=f"desks.toml has no [{desk}.identity]")
    if key.method == "HMAC":
        return _by_hash(proof, key)
    if not proof.jwt:
        raise BadIdentity(detail=f"this desk takes tokens signed with {key.method} (“jwt”)")
    return _by_token(proof.jwt, key)


def user_hash(user_id: str, secret: bytes) -> str:
    """What the site computes: HMAC-SHA-256 of the user id, in hexadecimal."""
    return hmac.new(secret, user_id.encode(), hashlib.sha256).hexdigest()


def _by_hash(proof: Proof, key: IdentityKey) -> Person:
    if not proof.user_id or not proof.hash:
        raise BadIdentity(detail="this desk takes “user_id” with its “hash” (HMAC)")
    user_id = _id(proof.user_id)
    expected = user_hash(user_id, key.secret)
    if not hmac.compare_digest(expected.encode(), proof.hash.strip().lower().encode()):
        raise BadIdentity(detail="the hash does not fit the user id and the desk's secret")
    return Person(user_id)


def _by_token(token: str, key: IdentityKey) -> Person:
    rules: dict[str, Any] = {"exp": {"essential": True}, "sub": {"essential": True}}
    if key.issuer is not None:
        rules["iss"] = {"essential": True, "value": key.issuer}
    if key.audience is not None:
        rules["aud"] = {"essential": True, "value": key.audience}
    try:
        claims = jwt.decode(token, key.key, algorithms=[key.method]).claims
        jwt.JWTClaimsRegistry(leeway=key.leeway_seconds, **rules).validate(claims)
    except ExpiredTokenError:
        raise IdentityExpired(detail="the token has expired (“exp”)") from None
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        # joserfc's own words name a claim or a step, never what stands in the token.
        words = error.description if isinstance(error, JoseError) and error.description else ""
        detail = words or f"it is no token signed with {key.method} and this desk's key"
        raise BadIdentity(detail=detail) from None
    subject = claims["sub"]
    return Person(
        _id(subject if isinstance(subject, str) else ""),
        name=_short(claims.get("name"), LONGEST_NAME),
        email=_short(claims.get("email"), LONGEST_EMAIL),
        account=_account(claims.get("account")),
    )


def _id(value: str) -> str:
    if not value.strip() or len(value) > LONGEST_ID or not value.isprintable():
        raise BadIdentity(detail=f"the user id (“sub”) must have 1 to {LONGEST_ID} characters")
    return value


def _short(value: object, length: int) -> str | None:
    if not isinstance(value, str):
        return None
    # JSON can hold what no database can: half a character, and none at all.
    whole = value.replace("\0", "").encode("utf-8", "ignore").decode()
    return " ".join(whole.split())[:length] or None


def _account(claim: object) -> Mapping[str, str | float | bool] | None:
    """What is too long is cut, as names are: one user's long value must make nobody a guest."""
    if claim is None:
        return None
    if not isinstance(claim, dict):
        raise BadIdentity(detail='“account” must be an object, such as {"Plan": "Pro"}')
    found: dict[str, str | float | bool] = {}
    for key, value in claim.items():
        label, fact = _short(key, LONGEST_LABEL), _fact(value)
        if label is not None and fact is not None:
            found[label] = fact
    return dict(islice(found.items(), MOST_FACTS))


def _fact(value: object) -> str | float | bool | None:
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        value = str(value)
    if value is None or isinstance(value, str):
        return _short(value, LONGEST_FACT)
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    raise BadIdentity(detail="in “account” each value must be a text, a number, true or false")
