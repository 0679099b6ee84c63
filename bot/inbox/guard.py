"""Who may pass: the session, the forged-form check, and what every answer of the inbox carries."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import quote, urlsplit

from fastapi import Request, Response, params
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from bot.accounts.permissions import Permission, may
from bot.accounts.service import Accounts, SignedIn
from bot.audit import doing
from bot.audit.acts import Doer, Place
from bot.errors import FirstlineError
from bot.inbox import render
from bot.texts import LANGUAGES, supported, text

COOKIE = "firstline_session"
HOME = "/inbox"
SIGN_IN = "/inbox/sign-in"
PASSWORD = "/inbox/password"  # noqa: S105 - an address
# What may stand in `next` and `back`.
PAGES = (
    HOME,
    "/inbox/account",
    "/inbox/second-factor",
    "/inbox/alerts",
    "/inbox/people",
    "/inbox/audit",
    "/inbox/filters",
)
BELOW = ("/inbox/conversations/", "/inbox/people/")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SAME_SITE_FETCH = ("same-origin", "none")
# What an agent may do before the one-time password is replaced.
WITH_ONE_TIME_PASSWORD = (PASSWORD, "/inbox/sign-out", "/inbox/language")
# What an agent may do before the second factor that the role requires is set up.
FACTOR = "/inbox/second-factor"
WITHOUT_FACTOR = (
    *WITH_ONE_TIME_PASSWORD,
    FACTOR,
    "/inbox/second-factor/begin",
    "/inbox/second-factor/confirm",
)
CONFLICT = 409

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# The alert area takes refusals, whatever the request was aimed at.
TO_ALERT = {
    "HX-Retarget": "#alert",
    "HX-Reswap": "innerHTML",
    "HX-Reselect": "unset",
    "HX-Push-Url": "false",
}


class ForgedForm(FirstlineError):
    """The request did not come from a page of ours."""

    code = "forged_form"
    status = 403


class NotPermitted(FirstlineError):
    """The agent's role does not include this, or the route says nothing of who may use it."""

    code = "forbidden"
    status = 403


class GoTo(Exception):
    """Not here: the browser should ask for another page first."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True)
class Needs:
    """A route's declaration of who may use it, and the check. None: everyone, signed in or not."""

    permission: Permission | None

    async def __call__(self, request: Request) -> None:
        """Runs after `Guard.admit`; raises NotPermitted."""
        if self.permission is not None and not may(visitor(request).agent, self.permission):
            raise NotPermitted


def needs(permission: Permission) -> params.Depends:
    """For a route's `dependencies`: whoever signed in needs this permission."""
    return params.Depends(Needs(permission))


def open_to_everyone() -> params.Depends:
    """For a route's `dependencies`: nobody needs to be signed in."""
    return params.Depends(Needs(None))


class InboxRoute(APIRoute):
    """A route that answers refusals as agents can read them, and guards what browsers do.

    It lets nobody pass before it has said by `needs` who may.
    """

    @property
    def declared(self) -> Needs | None:
        """Who may use the route."""
        asked = [one.dependency for one in self.dependencies]
        return next((one for one in asked if isinstance(one, Needs)), None)

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Wraps the handler, its dependencies included."""
        handle = super().get_route_handler()
        is_declared = self.declared is not None

        async def guarded(request: Request) -> Response:
            request.state.language = preferred_language(request)
            try:
                if not is_declared:
                    raise NotPermitted
                response = await handle(request)
            except GoTo as elsewhere:
                response = go_to(request, elsewhere.where)
            except FirstlineError as fault:
                response = _refusal(request, fault)
            except ClientDisconnect:
                # The page was left in the middle of its form. Nobody reads this answer.
                response = Response(status_code=400)
            finally:
                await request.close()  # files of a form
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return guarded


class Guard:
    """Lets signed-in agents pass; what they may do, each route says by `needs`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def admit(self, request: Request) -> None:
        """The session, then the password, then (for what changes something) the form's origin."""
        token = request.cookies.get(COOKIE)
        who = await self._accounts.who(token) if token else None
        if who is None:
            raise GoTo(_sign_in_and_return(request))
        request.state.who, request.state.token = who, token
        request.state.language = supported(who.agent.language)
        doing.begins(doer_of(request))
        if who.must_change_password and request.url.path not in WITH_ONE_TIME_PASSWORD:
            raise GoTo(PASSWORD)
        if who.needs_factor and request.url.path not in WITHOUT_FACTOR:
            raise GoTo(FACTOR)
        if request.method not in SAFE_METHODS:
            check_origin(request)
            await _check_token(request, who)


def visitor(request: Request) -> SignedIn:
    """Who `Guard.admit` let in."""
    who = request.state.who
    if not isinstance(who, SignedIn):
        raise TypeError("This route is not behind the guard.")
    return who


def place_of(request: Request) -> Place:
    """From where a request comes, for the audit log."""
    address = request.client.host if request.client else None
    return Place.of(address, request.headers.get("user-agent"))


def doer_of(request: Request) -> Doer:
    """Who acts, and from where."""
    return Doer(visitor(request).agent, place_of(request))


def language_of(request: Request) -> str:
    """The agent's language; before signing in, what address or browser asks for."""
    return str(request.state.language)


def preferred_language(request: Request) -> str:
    """What `?lang=` or, failing that, the browser prefers among our languages."""
    asked = request.query_params.get("lang")
    if asked:
        return supported(asked)
    for entry in request.headers.get("accept-language", "").split(","):
        tag = entry.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return supported(None)


def check_origin(request: Request) -> None:
    """Refuses what another site sent: by Origin, or by what the browser says of the sender."""
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    if origin is not None and urlsplit(origin).netloc != host:
        raise ForgedForm
    if request.headers.get("sec-fetch-site", "same-origin") not in SAME_SITE_FETCH:
        raise ForgedForm


async def _check_token(request: Request, who: SignedIn) -> None:
    sent = request.headers.get("x-csrf-token") or (await form_fields(request)).get("csrf", "")
    if not compare_digest(sent.encode(), who.csrf.encode()):
        raise ForgedForm


async def form_fields(request: Request) -> dict[str, str]:
    """The text fields of the form; files are none of ours."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def is_htmx(request: Request) -> bool:
    """Whether htmx asks for a fragment, rather than a person for a page."""
    return request.headers.get("hx-request") == "true"


def go_to(request: Request, where: str) -> Response:
    """Sends the browser on; htmx would follow a redirect into the fragment, so it is told."""
    if is_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def inner_page(address: str | None) -> str:
    """An address of ours to return to; anything else leads home (no open redirect)."""
    address = address or ""
    is_page = address.partition("?")[0] in PAGES or address.startswith(BELOW)
    return address if is_page and "\\" not in address and "/.." not in address else HOME


def _sign_in_and_return(request: Request) -> str:
    wanted = request.headers.get("hx-current-url") if is_htmx(request) else str(request.url)
    parts = urlsplit(wanted or "")
    page = inner_page(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    is_page = is_htmx(request) or request.method == "GET"
    return f"{SIGN_IN}?next={quote(page)}" if is_page and page != HOME else SIGN_IN


def _refusal(request: Request, fault: FirstlineError) -> Response:
    language = language_of(request)
    message = fault.message(language)
    if is_htmx(request):
        return render.alert(
            message,
            language=language,
            status=fault.status,
            can_reload=fault.status in (CONFLICT, ForgedForm.status),
            field=fault.field,
            headers=TO_ALERT,
        )
    title = text("inbox.error.title", language)
    return render.page(
        "error.html", language=language, status=fault.status, title=title, message=message
    )
