"""An identity provider on loopback: Authlib's server for Flask, with PKCE required.

Whoever asks for the authorization page is signed in there as `claims` say; what is wrong with an ID
token is the test's wish.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "firstline", "between us"
LIFETIME = 600


class Client(ClientMixin):  # type: ignore[misc]
    """The desk, as it is registered at the provider."""

    def __init__(self, callback: str) -> None:
        self.callback = callback

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.callback

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.callback

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that waits to be redeemed."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class IdentityProvider:
    """What it says of whoever comes, and what the test makes of its ID tokens."""

    callback: str
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "name": "Anna Nowak",
            "email": "anna@example.com",
            "email_verified": True,
        }
    )
    spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    email_by_userinfo: bool = False
    foreign_key: bool = False
    port: int = 0
    codes: dict[str, Code] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: _key())

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, Any]:
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
        }


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": os.urandom(4).hex(), "use": "sig", "alg": "RS256"})


@contextmanager
def identity_provider(callback: str) -> Iterator[IdentityProvider]:
    """Serves until the block ends; `callback` is the one address that it sends browsers back to."""
    # Authlib refuses plain http, but for this.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    there = IdentityProvider(callback)
    server = make_server("127.0.0.1", 0, _app(there), threaded=True)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        del os.environ["AUTHLIB_INSECURE_TRANSPORT"]


def _app(there: IdentityProvider) -> Flask:
    app, client = Flask("identity provider"), Client(there.callback)
    server = AuthorizationServer(
        app,
        query_client=lambda client_id: client if client_id == CLIENT_ID else None,
        save_token=lambda token, request: None,
    )
    server.register_grant(_grant(there), [CodeChallenge(required=True), _id_tokens(there)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        return jsonify(
            issuer=there.issuer,
            authorization_endpoint=f"{there.issuer}/authorize",
            token_endpoint=f"{there.issuer}/token",
            userinfo_endpoint=f"{there.issuer}/userinfo",
            jwks_uri=f"{there.issuer}/jwks",
            token_endpoint_auth_methods_supported=["client_secret_basic"],
        )

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=there)
        return server.create_authorization_response(grant_user=there, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(KeySet([there.key]).as_dict(private=False))

    @app.get("/userinfo")
    def userinfo() -> Response:
        assert request.headers["Authorization"].startswith("Bearer ")
        return jsonify(there.claims)

    return app


def _grant(there: IdentityProvider) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 - Authlib's shape

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            there.codes[code] = Code(
                code,
                request.payload.redirect_uri,
                request.scope,
                asked.get("nonce"),
                asked["code_challenge"],
                asked["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return there.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del there.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> IdentityProvider:
            return there

    return CodeGrant


def _id_tokens(there: IdentityProvider) -> OpenIDCode:
    class IdTokens(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in there.codes.values())

        def generate_user_info(self, user: IdentityProvider, scope: str) -> UserInfo:
            return UserInfo(**user.claims)

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            at = int(time.time())
            claims = {"iss": there.issuer, "aud": [CLIENT_ID], "iat": at, "exp": at + LIFETIME}
            claims |= self.get_authorization_code_claims(request.authorization_code)
            claims |= there.claims
            if there.email_by_userinfo:
                claims = {k: v for k, v in claims.items() if not k.startswith("email")}
            key = _key() if there.foreign_key else there.key
            return jwt.encode({"alg": "RS256", "kid": there.key.kid}, there.spoil(claims), key)

    return IdTokens(require_nonce=True)
