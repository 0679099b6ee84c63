"""Several workspaces: each installs the app itself, by OAuth, and its token is kept.

`/slack/install` leads to Slack, which comes back to `/slack/oauth` with a code. What goes along is
signed, a few minutes old at most, and bound to the browser by a cookie: nobody can make an
admin's browser finish somebody else's installation.
"""

import hashlib
import hmac
import secrets
import time
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.channel import Workspace
from bot.texts import supported, text
from connectors.slack.calls import Calls, Json
from connectors.slack.faults import SlackFault
from connectors.slack.manifest import SCOPES
from connectors.slack.teams import CHANNEL

COOKIE = "firstline_slack_install"
STATE_SECONDS = 600

log = structlog.get_logger()


def install_router(
    calls: Calls, *, client_id: str, client_secret: str, state_key: str
) -> APIRouter:
    """The two routes of an installation."""
    router = APIRouter()

    @router.get("/slack/install", include_in_schema=False)
    async def install(request: Request) -> Response:
        state = new_state(state_key)
        site = urlsplit(calls.url)
        wish = {"client_id": client_id, "scope": ",".join(sorted(SCOPES)), "state": state}
        wish["redirect_uri"] = _back(request)
        address = f"{site.scheme}://{site.netloc}/oauth/v2/authorize?{urlencode(wish)}"
        response = RedirectResponse(address, 302)
        response.set_cookie(
            COOKIE,
            state,
            max_age=STATE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=_is_https(request),
            path="/slack",
        )
        return response

    @router.get("/slack/oauth", include_in_schema=False)
    async def oauth(request: Request) -> Response:
        language = supported(request.headers.get("accept-language"))
        state, kept = request.query_params.get("state", ""), request.cookies.get(COOKIE, "")
        if not hmac.compare_digest(state.encode(), kept.encode()) or not is_fresh(state, state_key):
            return _page("slack.install_stale", language, 400)
        code = request.query_params.get("code")
        if not code:  # they pressed «cancel»
            return _page("slack.install_cancelled", language, 400)
        try:
            said = await calls.call_with(
                None,
                "oauth.v2.access",
                client_id=client_id,
                client_secret=client_secret,
                code=code,
                redirect_uri=_back(request),
            )
            workspace = read_installation(said)
        except (SlackFault, KeyError, TypeError) as error:
            log.warning("slack.install_failed", problem=str(error))
            return _page("slack.install_failed", language, 502)
        await calls.teams.keep(workspace)
        log.info("slack.installed", workspace=workspace.id)
        return _page("slack.installed", language, 200)

    return router


def read_installation(said: Json) -> Workspace:
    """Slack's answer to a code; raises KeyError or TypeError for one of another shape."""
    team = said.get("team") or said["enterprise"]
    enterprise = said.get("enterprise") or {}
    return Workspace(
        channel=CHANNEL,
        id=str(team["id"]),
        name=str(team.get("name") or team["id"]),
        token=str(said["access_token"]),
        bot_user=str(said["bot_user_id"]),
        scopes=tuple(filter(None, str(said.get("scope", "")).split(","))),
        enterprise=enterprise.get("id"),
    )


def new_state(key: str) -> str:
    """A fresh one, signed."""
    body = f"{secrets.token_urlsafe(16)}.{int(time.time())}"
    return f"{body}.{_signature(key, body)}"


def is_fresh(state: str, key: str) -> bool:
    """Whether it is ours and a few minutes old at most."""
    body, _, signature = state.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, body).encode()):
        return False
    at = body.rpartition(".")[2]
    return at.isdigit() and time.time() - int(at) <= STATE_SECONDS


def _signature(key: str, body: str) -> str:
    return hmac.new(f"slack install {key}".encode(), body.encode(), hashlib.sha256).hexdigest()


def _back(request: Request) -> str:
    scheme = "https" if _is_https(request) else request.url.scheme
    return f"{scheme}://{request.url.netloc}/slack/oauth"


def _is_https(request: Request) -> bool:
    """Also behind a proxy that ends TLS."""
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip()
    return (forwarded or request.url.scheme) == "https"


def _page(key: str, language: str, status: int) -> HTMLResponse:
    words = text(key, language)
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Firstline</title>'
        f"<body><main><h1>Slack</h1><p>{words}</p></main></body></html>"
    )
    headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}
    response = HTMLResponse(page, status, headers=headers)
    response.delete_cookie(COOKIE, path="/slack")
    return response
