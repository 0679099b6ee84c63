"""Sign-in at the identity provider: out by `/inbox/sso`, back by `/inbox/sso/callback`."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.errors import ProviderRefused
from bot.accounts.oidc import FLOW_LENGTH, Flow, Provider
from bot.accounts.provided import Provided
from bot.inbox.attempts import Attempts
from bot.inbox.guard import SIGN_IN, inner_page, place_of
from bot.inbox.sign_in import keep_session
from bot.settings import Settings

SSO = "/inbox/sso"
COOKIE = "firstline_sso"


@dataclass(frozen=True)
class SsoPages:
    """Handlers of the way there and back. Without a provider they lead to the sign-in page."""

    provider: Provider | None
    provided: Provided
    attempts: Attempts
    settings: Settings

    def add_open_routes(self, router: APIRouter) -> None:
        """Adds the routes; none needs a session."""
        router.get("/sso")(self.begin)
        router.get("/sso/callback")(self.finish)

    async def begin(self, request: Request) -> Response:
        """To the provider, with a flow that only this browser can end."""
        if self.provider is None:
            return RedirectResponse(SIGN_IN, 303)
        await self.attempts.count(f"sso {place_of(request).address}")
        flow = Flow.new(inner_page(request.query_params.get("next")))
        address = await self.provider.begin(flow, redirect_uri=self._callback(request))
        response = RedirectResponse(address, 303)
        response.set_cookie(
            COOKIE,
            self.provider.seal(flow),
            max_age=int(FLOW_LENGTH.total_seconds()),
            path=SSO,
            secure=self.settings.secure_cookies,
            httponly=True,
            # Not strict: the browser comes back from the provider's site.
            samesite="lax",
        )
        return response

    async def finish(self, request: Request) -> Response:
        """Back from the provider; raises what was wrong."""
        if self.provider is None:
            return RedirectResponse(SIGN_IN, 303)
        place, asked = place_of(request), request.query_params
        await self.attempts.count(f"sso {place.address}")
        flow = self.provider.unseal(request.cookies.get(COOKIE, ""), state=asked.get("state", ""))
        if not asked.get("code"):  # they said no there, or the provider did
            raise ProviderRefused
        identity = await self.provider.finish(
            flow, asked["code"], redirect_uri=self._callback(request)
        )
        session = await self.provided.sign_in(identity, place=place)
        response = RedirectResponse(inner_page(flow.next_page), 303)
        keep_session(response, session, self.settings)
        response.delete_cookie(COOKIE, path=SSO)
        return response

    def _callback(self, request: Request) -> str:
        base = self.settings.public_url or str(request.base_url).rstrip("/")
        return f"{base}{SSO}/callback"
