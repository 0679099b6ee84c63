"""Signing in and out, the password, and the language of the pages."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.accounts.presence import Presence
from bot.accounts.secrets import MIN_PASSWORD
from bot.accounts.service import Accounts
from bot.errors import FirstlineError
from bot.inbox import render
from bot.inbox.attempts import Attempts
from bot.inbox.guard import (
    COOKIE,
    HOME,
    SIGN_IN,
    check_origin,
    form_fields,
    go_to,
    inner_page,
    language_of,
    place_of,
    visitor,
)
from bot.settings import Settings
from bot.texts import supported

SECOND_STEP = "/inbox/second-step"


@dataclass(frozen=True)
class SignIn:
    """Handlers around the session."""

    accounts: Accounts
    presence: Presence
    attempts: Attempts
    settings: Settings

    def add_open_routes(self, router: APIRouter) -> None:
        """The two routes that need no session."""
        router.get("/sign-in")(self.form)
        router.post("/sign-in")(self.sign_in)

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes of signed-in agents."""
        router.post("/sign-out")(self.sign_out)
        router.get("/password")(self.password_form)
        router.post("/password")(self.change_password)
        router.post("/language")(self.choose_language)

    async def form(self, request: Request) -> Response:
        """The sign-in page."""
        token = request.cookies.get(COOKIE)
        if token and await self.accounts.who(token):
            return RedirectResponse(HOME, 303)
        return self._page(request, next_page=request.query_params.get("next", ""))

    async def sign_in(self, request: Request) -> Response:
        """Checks address and password; wrong ones come back with the reason.

        There is no session yet to keep a form token in. What stops another site from signing
        somebody in here is the Origin check, and the cookie's SameSite=Lax.
        """
        check_origin(request)
        fields = await form_fields(request)
        email, next_page = fields.get("email", ""), fields.get("next", "")
        address = request.client.host if request.client else ""
        try:
            await self.attempts.count(f"address {address}", f"account {email.strip().lower()}")
            token = await self.accounts.sign_in(
                email, fields.get("password", ""), place=place_of(request)
            )
        except FirstlineError as fault:
            return self._page(request, next_page=next_page, email=email, fault=fault)
        page = inner_page(next_page)
        if await self.accounts.awaiting(token):
            page = f"{SECOND_STEP}?next={quote(page)}"
        response = RedirectResponse(page, 303)
        keep_session(response, token, self.settings)
        return response

    def _page(
        self,
        request: Request,
        *,
        next_page: str,
        email: str = "",
        fault: FirstlineError | None = None,
    ) -> HTMLResponse:
        language = language_of(request)
        return render.page(
            "sign_in.html",
            language=language,
            status=fault.status if fault else 200,
            problem=fault.message(language) if fault else None,
            email=email,
            next_page=inner_page(next_page),
            is_saved="saved" in request.query_params,
            has_sso=bool(self.settings.oidc_issuer),
        )

    async def sign_out(self, request: Request) -> Response:
        """Ends the session; the agent is no longer there, and with the last one goes home."""
        agent_id = visitor(request).agent.id
        await self.accounts.sign_out(str(request.state.token), place=place_of(request))
        await self.presence.signed_out(agent_id)
        # Asked when the session is gone: of two browsers that sign out at once one is the last.
        if not await self.accounts.is_signed_in(agent_id):
            await self.presence.gone_home(agent_id)
        response = go_to(request, SIGN_IN)
        response.delete_cookie(COOKIE, path=HOME)
        return response

    async def password_form(self, request: Request) -> Response:
        """The page on which the password is changed."""
        return _password_page(request)

    async def change_password(self, request: Request) -> Response:
        """Replaces the password, the one-time password too."""
        fields, who = await form_fields(request), visitor(request)
        try:
            await self.attempts.count(f"password {who.agent.id}")
            await self.accounts.change_password(
                who, fields.get("old", ""), fields.get("new", ""), place=place_of(request)
            )
        except FirstlineError as fault:
            return _password_page(request, fault)
        return RedirectResponse(HOME, 303)

    async def choose_language(self, request: Request) -> Response:
        """The agent's own language, from now on and everywhere."""
        fields = await form_fields(request)
        await self.accounts.choose_language(visitor(request), supported(fields.get("language")))
        return RedirectResponse(_same_page(fields.get("back")), 303)


def keep_session(response: Response, token: str, settings: Settings) -> None:
    """The browser is signed in from now on."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.agent_session_hours * 3600,
        path=HOME,
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def _same_page(address: str | None) -> str:
    return "/inbox/password" if address == "/inbox/password" else inner_page(address)


def _password_page(request: Request, fault: FirstlineError | None = None) -> HTMLResponse:
    language, who = language_of(request), visitor(request)
    return render.page(
        "password.html",
        language=language,
        status=fault.status if fault else 200,
        problem=fault.message(language) if fault else None,
        agent=who.agent,
        csrf=who.csrf,
        min_length=MIN_PASSWORD,
    )
