"""What an agent wants to be told away from the inbox: a page of their own."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from bot.alerts.rules import PATIENCES, BadChoice, Choice, Way, When, offered, read_choice
from bot.alerts.service import Alerts
from bot.conversations.errors import NotFound
from bot.errors import FirstlineError
from bot.handoff.origin import browser_in_words
from bot.inbox.guard import form_fields, visitor
from bot.inbox.people.desk_page import desk_page

PAGE = "/inbox/alerts"
WORKER = Path(__file__).parents[3] / "frontend" / "dist" / "inbox" / "service-worker.js"


@dataclass(frozen=True)
class AlertPages:
    """Shows the choices, and keeps them."""

    alerts: Alerts

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("/alerts")(self.show)
        router.post("/alerts/{way}")(self.choose)
        router.post("/alerts/push/browsers")(self.turn_on)
        router.post("/alerts/push/browsers/here")(self.here)
        router.post("/alerts/push/browsers/{browser_id}/off")(self.turn_off)

    def add_open_routes(self, router: APIRouter) -> None:
        """A browser looks for a newer service worker whether somebody is signed in or not."""
        router.get("/service-worker.js")(self.service_worker)

    async def show(self, request: Request) -> Response:
        """The page."""
        return await self._page(request)

    async def choose(self, request: Request, way: str) -> Response:
        """Keeps what is in the form of this way."""
        if way not in list(Way):
            raise NotFound
        agent = visitor(request).agent
        fields, form = await form_fields(request), await request.form()
        kinds = [one for one in form.getlist("kind") if isinstance(one, str)]
        try:
            choice = read_choice(agent, kinds, fields.get("patience", ""), fields.get("when", ""))
        except BadChoice as fault:
            return await self._page(request, fault)
        await self.alerts.choose(agent.id, Way(way), choice)
        return RedirectResponse(f"{PAGE}?saved={way}", 303)

    async def turn_on(self, request: Request) -> Response:
        """This browser tells where it is reached (push.js)."""
        fields = await form_fields(request)
        await self.alerts.turn_on(
            visitor(request).agent.id,
            str(request.state.token),
            endpoint=fields.get("endpoint", ""),
            p256dh=fields.get("p256dh", ""),
            auth=fields.get("auth", ""),
            browser=request.headers.get("user-agent", ""),
        )
        return Response(status_code=204)

    async def here(self, request: Request) -> Response:
        """A page was opened in a browser that may be known (push_here.js)."""
        fields, me = await form_fields(request), visitor(request).agent.id
        token, endpoint = str(request.state.token), fields.get("endpoint", "")
        await self.alerts.browsers.here(me, token, endpoint=endpoint)
        return Response(status_code=204)

    async def turn_off(self, request: Request, browser_id: str) -> Response:
        """This one, or another of the agent's."""
        await self.alerts.browsers.turn_off(visitor(request).agent.id, browser_id)
        return RedirectResponse(f"{PAGE}#way-push", 303)

    async def service_worker(self, request: Request) -> Response:
        """The script that shows what is pushed; its place is its scope."""
        if not WORKER.is_file():
            raise NotFound
        return FileResponse(WORKER, media_type="text/javascript")

    async def _page(self, request: Request, fault: FirstlineError | None = None) -> Response:
        me = visitor(request).agent.id
        ways: dict[Way, Choice] = {}
        if self.alerts.has_mail:
            ways[Way.MAIL] = await self.alerts.choice(me, Way.MAIL)
        ways[Way.PUSH] = await self.alerts.choice(me, Way.PUSH)
        browsers = await self.alerts.browsers.of(me)
        return desk_page(
            request,
            "alerts",
            fault=fault,
            ways=ways,
            has_mail=self.alerts.has_mail,
            browsers=[(one, browser_in_words(one.browser)) for one in browsers],
            endpoints=[{"id": one.id, "endpoint": one.endpoint} for one in browsers],
            push_key=self.alerts.browsers.key,
            saved=request.query_params.get("saved"),
            troubles={way: await self.alerts.troubles(me, way) for way in ways},
            kinds=offered(visitor(request).agent),
            patiences=PATIENCES,
            times=list(When),
        )
