"""Every route × every role, from the router itself: a new route needs a line in LOWEST."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient

from bot.accounts.permissions import Role
from bot.inbox.guard import InboxRoute
from tests.inbox import AgentBrowser, Office
from tests.routes import NAMES, inbox_routes

pytestmark = pytest.mark.asyncio

# Who needs no session at all.
EVERYONE = None
AGENT, LEAD, MANAGER, ADMIN = Role
CONVERSATION = "/inbox/conversations/{conversation_id}"

# The lowest role that a route lets pass.
LOWEST: dict[tuple[str, str], Role | None] = {
    ("GET", "/inbox/sign-in"): EVERYONE,
    ("POST", "/inbox/sign-in"): EVERYONE,
    ("POST", "/inbox/sign-out"): AGENT,
    ("GET", "/inbox/password"): AGENT,
    ("POST", "/inbox/password"): AGENT,
    ("POST", "/inbox/language"): AGENT,
    ("GET", "/inbox/picture"): AGENT,
    ("POST", "/inbox/picture"): AGENT,
    ("GET", "/inbox/picture/now"): AGENT,
    ("GET", "/inbox/presence"): AGENT,
    ("POST", "/inbox/presence"): AGENT,
    ("POST", "/inbox/presence/here"): AGENT,
    ("GET", "/inbox"): AGENT,
    ("GET", "/inbox/list"): AGENT,
    ("GET", "/inbox/list/more"): AGENT,
    ("GET", "/inbox/customers/{customer_id}"): AGENT,
    ("GET", "/inbox/customers/{customer_id}/merge"): LEAD,
    ("GET", "/inbox/customers/{customer_id}/merge/{other_id}"): LEAD,
    ("POST", "/inbox/customers/{customer_id}/merge/{other_id}"): LEAD,
    ("POST", "/inbox/customers/{customer_id}/split"): LEAD,
    ("GET", "/inbox/filters"): AGENT,
    ("GET", "/inbox/filters/try"): AGENT,
    ("POST", "/inbox/filters"): AGENT,
    ("POST", "/inbox/filters/drop"): AGENT,
    ("GET", "/inbox/live"): AGENT,
    ("GET", CONVERSATION): AGENT,
    ("GET", f"{CONVERSATION}/news"): AGENT,
    ("GET", f"{CONVERSATION}/entries"): AGENT,
    ("GET", f"{CONVERSATION}/transcript"): AGENT,
    ("GET", f"{CONVERSATION}/turns/{{seq}}"): AGENT,
    ("POST", f"{CONVERSATION}/claim"): AGENT,
    ("POST", f"{CONVERSATION}/release"): AGENT,
    ("POST", f"{CONVERSATION}/return_to_bot"): AGENT,
    ("POST", f"{CONVERSATION}/close"): AGENT,
    ("POST", f"{CONVERSATION}/spam"): AGENT,
    ("POST", f"{CONVERSATION}/snooze"): AGENT,
    ("POST", f"{CONVERSATION}/wake"): AGENT,
    ("POST", f"{CONVERSATION}/send_again"): AGENT,
    ("POST", f"{CONVERSATION}/reply"): AGENT,
    ("POST", f"{CONVERSATION}/held/send"): AGENT,
    ("POST", f"{CONVERSATION}/held/undo"): AGENT,
    ("GET", f"{CONVERSATION}/draft"): AGENT,
    ("POST", f"{CONVERSATION}/draft"): AGENT,
    ("GET", f"{CONVERSATION}/saved"): AGENT,
    ("GET", f"{CONVERSATION}/saved/{{saved_id}}"): AGENT,
    ("GET", "/inbox/saved"): AGENT,
    ("GET", "/inbox/saved/export"): AGENT,
    ("POST", "/inbox/saved"): LEAD,
    ("POST", "/inbox/saved/remove"): LEAD,
    ("POST", "/inbox/saved/import"): LEAD,
    ("GET", f"{CONVERSATION}/suggestions"): AGENT,
    ("POST", f"{CONVERSATION}/here"): AGENT,
    ("GET", f"{CONVERSATION}/viewers"): AGENT,
    ("POST", "/inbox/preview"): AGENT,
    ("POST", "/inbox/undo-time"): AGENT,
    ("POST", f"{CONVERSATION}/note"): AGENT,
    ("POST", f"{CONVERSATION}/typing"): AGENT,
    ("POST", f"{CONVERSATION}/files"): AGENT,
    ("GET", f"{CONVERSATION}/panel/hand_over"): AGENT,
    ("GET", f"{CONVERSATION}/panel/give_back"): AGENT,
    ("GET", f"{CONVERSATION}/panel/fact"): AGENT,
    ("GET", f"{CONVERSATION}/panel/labels"): AGENT,
    ("GET", f"{CONVERSATION}/panel/fields"): AGENT,
    ("GET", f"{CONVERSATION}/panel/ask"): AGENT,
    ("GET", f"{CONVERSATION}/panel/answer"): AGENT,
    ("GET", f"{CONVERSATION}/panel/colleague"): AGENT,
    ("GET", f"{CONVERSATION}/colleagues"): AGENT,
    ("GET", f"{CONVERSATION}/panel/rate"): AGENT,
    ("GET", f"{CONVERSATION}/panel/merge"): AGENT,
    ("GET", f"{CONVERSATION}/panel/priority"): AGENT,
    ("POST", f"{CONVERSATION}/priority"): AGENT,
    ("GET", f"{CONVERSATION}/panel/block"): AGENT,
    ("GET", f"{CONVERSATION}/panel/snooze"): AGENT,
    ("POST", f"{CONVERSATION}/hand_over"): AGENT,
    ("POST", f"{CONVERSATION}/give_back"): AGENT,
    ("POST", f"{CONVERSATION}/facts"): AGENT,
    ("POST", f"{CONVERSATION}/labels"): AGENT,
    ("POST", f"{CONVERSATION}/fields"): AGENT,
    ("POST", f"{CONVERSATION}/ask"): AGENT,
    ("POST", f"{CONVERSATION}/rate"): AGENT,
    ("POST", f"{CONVERSATION}/merge"): AGENT,
    ("POST", f"{CONVERSATION}/unmerge"): AGENT,
    ("POST", f"{CONVERSATION}/block"): AGENT,
    ("POST", f"{CONVERSATION}/unblock"): AGENT,
    ("POST", f"{CONVERSATION}/questions/{{question}}/answer"): AGENT,
    ("GET", "/inbox/bulk/panel/{panel}"): AGENT,
    ("POST", "/inbox/bulk/{act}"): AGENT,
    ("POST", "/inbox/bulk/{act}/undo"): AGENT,
    ("GET", "/inbox/labels"): LEAD,
    ("POST", "/inbox/labels"): LEAD,
    ("POST", "/inbox/labels/{label}/retire"): LEAD,
    ("GET", "/inbox/welcome/{token}"): EVERYONE,
    ("POST", "/inbox/welcome/{token}"): EVERYONE,
    ("GET", "/inbox/reset/{token}"): EVERYONE,
    ("POST", "/inbox/reset/{token}"): EVERYONE,
    ("GET", "/inbox/forgot"): EVERYONE,
    ("POST", "/inbox/forgot"): EVERYONE,
    ("GET", "/inbox/account"): AGENT,
    ("GET", "/inbox/alerts"): AGENT,
    ("POST", "/inbox/alerts/{way}"): AGENT,
    ("POST", "/inbox/alerts/push/browsers"): AGENT,
    ("POST", "/inbox/alerts/push/browsers/here"): AGENT,
    ("POST", "/inbox/alerts/push/browsers/{browser_id}/off"): AGENT,
    ("GET", "/inbox/service-worker.js"): EVERYONE,
    ("POST", "/inbox/sessions/end-others"): AGENT,
    ("POST", "/inbox/sessions/{session_id}/end"): AGENT,
    ("GET", "/inbox/sso"): EVERYONE,
    ("GET", "/inbox/sso/callback"): EVERYONE,
    ("GET", "/inbox/second-step"): EVERYONE,
    ("POST", "/inbox/second-step"): EVERYONE,
    ("GET", "/inbox/second-factor"): AGENT,
    ("POST", "/inbox/second-factor/begin"): AGENT,
    ("POST", "/inbox/second-factor/confirm"): AGENT,
    ("POST", "/inbox/second-factor/codes"): AGENT,
    ("POST", "/inbox/second-factor/off"): AGENT,
    ("GET", "/inbox/audit"): MANAGER,
    ("GET", "/inbox/people"): ADMIN,
    ("POST", "/inbox/people"): ADMIN,
    ("GET", "/inbox/people/new"): ADMIN,
    ("GET", "/inbox/people/{agent_id}"): ADMIN,
    ("POST", "/inbox/people/{agent_id}"): ADMIN,
    ("POST", "/inbox/people/{agent_id}/link"): ADMIN,
    ("POST", "/inbox/people/{agent_id}/disable"): ADMIN,
    ("POST", "/inbox/people/{agent_id}/enable"): ADMIN,
    ("POST", "/inbox/people/{agent_id}/reset-factor"): ADMIN,
}
STREAMS = {"/inbox/live"}
ENDS_THE_SESSION = {("POST", "/inbox/sign-out")}
RANKS = list(Role)


async def test_every_route_says_who_may_use_it(office: Office) -> None:
    undeclared = {route for route, declared in inbox_routes(office).items() if declared is None}
    assert undeclared == set(), "give it a router of bot/inbox/app.py, or `needs(Permission.…)`"


async def test_every_route_has_its_expectation(office: Office) -> None:
    assert set(inbox_routes(office)) == set(LOWEST), "who may use the new route? see LOWEST"


@pytest.mark.parametrize("role", Role)
async def test_a_role_gets_what_is_its_own_and_nothing_above(office: Office, role: Role) -> None:
    somebody = await office.hire(role=role)
    for method, path in sorted(LOWEST, key=lambda route: route in ENDS_THE_SESSION):
        lowest = LOWEST[method, path]
        refused = await is_refused(office, somebody, method, path)
        expected = lowest is not None and RANKS.index(role) < RANKS.index(lowest)
        assert refused is expected, f"{role} {method} {path}"


async def is_refused(office: Office, somebody: AgentBrowser, method: str, path: str) -> bool:
    """Whether the route refuses the agent's role; what it says of an empty form is no matter."""
    address = path.format_map(NAMES)
    if path in STREAMS:
        return await first_status(office, somebody, address) == 403
    form = {"csrf": somebody.csrf} if method == "POST" else None
    response = await somebody.http.request(method, address, data=form)
    assert response.status_code < 500, f"{method} {path}: {response.status_code}"
    return response.status_code == 403


async def first_status(office: Office, somebody: AgentBrowser, path: str) -> int:
    """How an answer begins that may never end."""
    began: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    cookie = f"firstline_session={somebody.http.cookies['firstline_session']}"
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"desk.test"), (b"cookie", cookie.encode())],
    }

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and not began.done():
            began.set_result(message["status"])

    asking = asyncio.create_task(office.app(scope, receive, send))
    try:
        return await began
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_a_route_that_says_nothing_lets_nobody_pass() -> None:
    router = APIRouter(route_class=InboxRoute)

    @router.get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    app = FastAPI()
    app.include_router(router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://desk.test") as http:
        response = await http.get("/forgotten")
    assert response.status_code == 403
    assert "secret" not in response.text
