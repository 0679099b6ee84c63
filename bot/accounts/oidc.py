"""Sign-in at an identity provider: OpenID Connect's code flow, with state, nonce and PKCE.

Nothing of a flow is kept here: what has to come back stands sealed in the browser's own cookie,
so any process can go on with it.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.accounts.errors import NoVerifiedEmail, ProviderAway, ProviderRefused
from bot.accounts.seal import Seal, Unreadable
from bot.clock import now

SCOPE = "openid email profile"
TIMEOUT_SECONDS = 10.0
FLOW_LENGTH = timedelta(minutes=10)
LEEWAY_SECONDS = 60
# None that needs a shared secret, and not “none”.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LOOPBACK = ("127.0.0.1", "::1", "localhost")

log = structlog.get_logger()


@dataclass(frozen=True)
class Flow:
    """What the browser has to bring back from the provider."""

    state: str
    nonce: str
    verifier: str
    next_page: str
    until: float  # seconds since 1970

    @classmethod
    def new(cls, next_page: str) -> "Flow":
        """Fresh random values."""
        return cls(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            next_page=next_page,
            until=(now() + FLOW_LENGTH).timestamp(),
        )


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the provider; the address is verified there."""

    email: str
    name: str


class Provider:
    """One identity provider, and the client that this desk is to it."""

    def __init__(
        self, issuer: str, *, client_id: str, client_secret: str | None, seal: Seal
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._seal = seal

    async def begin(self, flow: Flow, *, redirect_uri: str) -> str:
        """The provider's address to send the browser to; raises ProviderAway."""
        async with _http() as http:
            place = await self._metadata(http)
        address: str = prepare_grant_uri(
            place["authorization_endpoint"],
            client_id=self._client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=flow.state,
            nonce=flow.nonce,
            code_challenge=create_s256_code_challenge(flow.verifier),
            code_challenge_method="S256",
        )
        return address

    def seal(self, flow: Flow) -> str:
        """For the browser's cookie."""
        return self._seal.close(json.dumps(asdict(flow)))

    def unseal(self, cookie: str, *, state: str) -> Flow:
        """The flow that this browser began; raises ProviderRefused for any other."""
        try:
            flow = Flow(**json.loads(self._seal.open(cookie)))
        except (Unreadable, ValueError, TypeError):
            raise ProviderRefused from None
        if not secrets.compare_digest(flow.state.encode(), state.encode()):
            raise ProviderRefused
        if flow.until < now().timestamp():
            raise ProviderRefused
        return flow

    async def finish(self, flow: Flow, code: str, *, redirect_uri: str) -> Identity:
        """Who came back; raises ProviderAway, ProviderRefused or NoVerifiedEmail."""
        async with _http() as http:
            place = await self._metadata(http)
            tokens = await self._redeem(http, place, flow, code, redirect_uri)
            claims = await self._read(http, place, flow, tokens)
            if "email" not in claims and place.get("userinfo_endpoint"):
                claims = {**claims, **await self._user_info(http, place, claims, tokens)}
        return _identity(claims)

    # `Any`: JSON of the provider; what is used of it is checked where it is used.
    async def _metadata(self, http: httpx.AsyncClient) -> dict[str, Any]:
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await _json(http.get(address))
        if found.get("issuer") != self._issuer:
            log.warning("oidc.other_issuer", wanted=self._issuer)
            raise ProviderRefused
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _check_address(found.get(name))
        return found

    async def _redeem(
        self,
        http: httpx.AsyncClient,
        place: dict[str, Any],
        flow: Flow,
        code: str,
        redirect_uri: str,
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": flow.verifier,
        }
        methods = place.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        address = place["token_endpoint"]
        if self._client_secret is None:
            return await _json(http.post(address, data=form | {"client_id": self._client_id}))
        if "client_secret_basic" in methods:
            auth = httpx.BasicAuth(self._client_id, self._client_secret)
            return await _json(http.post(address, data=form, auth=auth))
        proof = {"client_id": self._client_id, "client_secret": self._client_secret}
        return await _json(http.post(address, data=form | proof))

    async def _read(
        self,
        http: httpx.AsyncClient,
        place: dict[str, Any],
        flow: Flow,
        tokens: dict[str, Any],
    ) -> dict[str, Any]:
        """The claims of the ID token, once its signature and all of them have been checked."""
        keys = await _json(http.get(place["jwks_uri"]))
        try:
            token = jwt.decode(
                str(tokens.get("id_token", "")),
                KeySet.import_key_set(keys),  # type: ignore[arg-type]
                algorithms=list(ALGORITHMS),
            )
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                    "nonce": {"essential": True, "value": flow.nonce},
                },
                params={
                    "client_id": self._client_id,
                    "nonce": flow.nonce,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(now().timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("oidc.bad_id_token", problem=type(error).__name__)
            raise ProviderRefused from error
        return dict(claims)

    async def _user_info(
        self,
        http: httpx.AsyncClient,
        place: dict[str, Any],
        claims: dict[str, Any],
        tokens: dict[str, Any],
    ) -> dict[str, Any]:
        _check_address(place["userinfo_endpoint"])
        bearer = {"Authorization": f"Bearer {tokens.get('access_token')}"}
        found = await _json(http.get(place["userinfo_endpoint"], headers=bearer))
        if found.get("sub") != claims["sub"]:
            raise ProviderRefused
        return {name: found.get(name) for name in ("email", "email_verified", "name")}


def _identity(claims: dict[str, Any]) -> Identity:
    email, name = claims.get("email"), claims.get("name")
    # Some providers write the truth in quotes.
    is_verified = claims.get("email_verified") in (True, "true")
    if not isinstance(email, str) or "@" not in email or not is_verified:
        raise NoVerifiedEmail
    email = email.strip().lower()
    return Identity(email, name if isinstance(name, str) and name else email.partition("@")[0])


def _http() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False)


async def _json(asking: Any) -> dict[str, Any]:
    try:
        response: httpx.Response = await asking
    except httpx.HTTPError as error:
        log.warning("oidc.away", problem=type(error).__name__)
        raise ProviderAway from error
    if response.status_code >= 500:
        raise ProviderAway
    if response.status_code != 200:
        log.warning("oidc.refused", status=response.status_code)
        raise ProviderRefused
    try:
        found = response.json()
    except ValueError:
        raise ProviderAway from None
    if not isinstance(found, dict):
        raise ProviderAway
    return found


def _check_address(address: object) -> None:
    """Codes and secrets go there: encrypted, or not off this machine."""
    parts = urlsplit(address if isinstance(address, str) else "")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ProviderRefused
