"""The second factor: the agent's own page, and the second step of the sign-in."""

from dataclasses import dataclass

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from bot.accounts import factor
from bot.accounts.second_factor import SecondFactors
from bot.accounts.service import Accounts
from bot.errors import FirstlineError
from bot.inbox.attempts import Attempts
from bot.inbox.guard import (
    COOKIE,
    FACTOR,
    SIGN_IN,
    check_origin,
    doer_of,
    form_fields,
    inner_page,
    place_of,
    visitor,
)
from bot.inbox.people.desk_page import desk_page, entrance_page
from bot.inbox.sign_in import keep_session
from bot.settings import Settings

GROUP = 4


@dataclass(frozen=True)
class FactorPages:
    """Handlers around codes."""

    factors: SecondFactors
    accounts: Accounts
    attempts: Attempts
    settings: Settings

    def add_open_routes(self, router: APIRouter) -> None:
        """The step between the password and the inbox."""
        router.get("/second-step")(self.step)
        router.post("/second-step")(self.pass_step)

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes of signed-in agents."""
        router.get("/second-factor")(self.show)
        router.post("/second-factor/begin")(self.begin)
        router.post("/second-factor/confirm")(self.confirm)
        router.post("/second-factor/codes")(self.renew)
        router.post("/second-factor/off")(self.turn_off)

    async def step(self, request: Request) -> Response:
        """Asks for the code."""
        if await self.accounts.awaiting(request.cookies.get(COOKIE, "")) is None:
            return RedirectResponse(SIGN_IN, 303)
        return _step_page(request, request.query_params.get("next", ""))

    async def pass_step(self, request: Request) -> Response:
        """The right code lets in; the session of the first step ends with it."""
        check_origin(request)
        token, fields = request.cookies.get(COOKIE, ""), await form_fields(request)
        next_page = fields.get("next", "")
        agent = await self.accounts.awaiting(token)
        if agent is None:
            return RedirectResponse(SIGN_IN, 303)
        place = place_of(request)
        try:
            await self.attempts.count(f"address {place.address}", f"factor {agent.id}")
            session = await self.factors.pass_sign_in(token, fields.get("code", ""), place=place)
        except FirstlineError as fault:
            return _step_page(request, next_page, fault)
        response = RedirectResponse(inner_page(next_page), 303)
        keep_session(response, session, self.settings)
        return response

    async def show(self, request: Request) -> Response:
        """Where it stands, and what can be done."""
        return await self._page(request)

    async def begin(self, request: Request) -> Response:
        """A new secret to scan."""
        await self.factors.begin(visitor(request).agent)
        return RedirectResponse(FACTOR, 303)

    async def confirm(self, request: Request) -> Response:
        """It is on; the backup codes are shown this once."""
        return await self._with_code(request, confirms=True)

    async def renew(self, request: Request) -> Response:
        """New backup codes."""
        return await self._with_code(request, confirms=False)

    async def turn_off(self, request: Request) -> Response:
        """For a code."""
        who = visitor(request)
        try:
            await self.attempts.count(f"factor {who.agent.id}")
            code = (await form_fields(request)).get("code", "")
            await self.factors.turn_off(doer_of(request), who, code)
        except FirstlineError as fault:
            return await self._page(request, fault)
        return RedirectResponse(FACTOR, 303)

    async def _with_code(self, request: Request, *, confirms: bool) -> Response:
        agent = visitor(request).agent
        act = self.factors.confirm if confirms else self.factors.new_codes
        try:
            await self.attempts.count(f"factor {agent.id}")
            code = (await form_fields(request)).get("code", "")
            codes = await act(doer_of(request), agent, code)
        except FirstlineError as fault:
            return await self._page(request, fault)
        return desk_page(request, "backup_codes", codes=codes)

    async def _page(self, request: Request, fault: FirstlineError | None = None) -> Response:
        who = visitor(request)
        state = await self.factors.state(who.agent)
        secret = state.secret or ""
        return desk_page(
            request,
            "factor",
            fault=fault,
            state=state,
            is_required=who.needs_factor,
            picture=_picture(factor.app_address(secret, who.agent.email)) if secret else "",
            secret=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
        )


def _picture(words: str) -> Markup:
    """A QR code as SVG: drawn here, with no style that the page's policy would refuse."""
    return Markup(segno.make(words).svg_inline(border=0, omitsize=True))  # noqa: S704 - our own


def _step_page(request: Request, next_page: str, fault: FirstlineError | None = None) -> Response:
    return entrance_page(request, "second_step", fault=fault, next_page=inner_page(next_page))
