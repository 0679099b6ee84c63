"""Into the inbox, and who is kept out."""

from pathlib import Path

import httpx
import pytest

from bot.audit.acts import NOWHERE
from bot.conversations.state import Status
from bot.inbox.attempts import Attempts, TooManySignIns
from bot.inbox.guard import inner_page
from bot.shared.buckets import LocalBuckets
from tests.desk import DESK
from tests.inbox import ORIGIN, AgentBrowser, Office, open_office
from tests.routes import NAMES, Names, closed_routes

pytestmark = pytest.mark.asyncio

EMAIL = "anna@example.com"


async def sign_in(http: httpx.AsyncClient, password: str, **fields: str) -> httpx.Response:
    return await http.post("/inbox/sign-in", data={"email": EMAIL, "password": password} | fields)


async def test_the_one_time_password_lets_in_only_to_be_replaced(office: Office) -> None:
    one_time = await office.parts.accounts.add_agent(EMAIL, "Anna", [DESK])
    http = office.browser()
    response = await sign_in(http, one_time)
    assert (response.status_code, response.headers["location"]) == (303, "/inbox")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    for path in ("/inbox", "/inbox/list", "/inbox/live"):
        assert (await http.get(path)).headers["location"] == "/inbox/password"

    page = (await http.get("/inbox/password")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": csrf, "old": one_time, "new": one_time}
    assert "must differ" in (await http.post("/inbox/password", data=form)).text
    short = await http.post("/inbox/password", data=form | {"new": "short"})
    assert "at least 10" in short.text
    wrong = await http.post("/inbox/password", data=form | {"old": "x", "new": "a new sentence"})
    assert wrong.status_code == 401
    changed = await http.post("/inbox/password", data=form | {"new": "a new sentence"})
    assert changed.headers["location"] == "/inbox"
    assert (await http.get("/inbox")).status_code == 200
    assert (await sign_in(office.browser(), one_time)).status_code == 401


async def test_a_wrong_password_says_no_more_than_that(office: Office) -> None:
    await office.parts.accounts.add_agent(EMAIL, "Anna", [DESK])
    http = office.browser()
    wrong = await sign_in(http, "guess")
    unknown = await http.post("/inbox/sign-in", data={"email": "no@body.example", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert all("E-mail or password is wrong" in page.text for page in (wrong, unknown))
    assert f'value="{EMAIL}"' in wrong.text, "the address need not be typed again"
    assert "set-cookie" not in wrong.headers


async def test_guessing_is_slowed_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.shared.buckets.monotonic", lambda: 100.0)
    async with open_office(tmp_path, sign_in_attempts_per_minute=3) as office:
        password = await office.parts.accounts.add_agent(EMAIL, "Anna", [DESK])
        http = office.browser()
        codes = [(await sign_in(http, "guess")).status_code for _ in range(3)]
        assert codes == [401, 401, 401]
        refused = await sign_in(http, password)
        assert refused.status_code == 429
        assert "Too many attempts" in refused.text


async def test_attempts_come_back_with_time_and_are_counted_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr("bot.shared.buckets.monotonic", lambda: clock[0])
    attempts = Attempts(LocalBuckets(burst=2, per_second=2 / 60))
    await attempts.count("address 1", "account a")
    await attempts.count("address 2", "account a")
    with pytest.raises(TooManySignIns):
        await attempts.count("address 3", "account a")
    await attempts.count("address 3", "account b")
    clock[0] += 30
    await attempts.count("address 3", "account a")


async def test_another_site_cannot_sign_anybody_in(office: Office) -> None:
    password = await office.parts.accounts.add_agent(EMAIL, "Anna", [DESK])
    form = {"email": EMAIL, "password": password}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        response = await office.browser().post("/inbox/sign-in", data=form, headers=headers)
        assert response.status_code == 403
        assert "set-cookie" not in response.headers
    own = await office.browser().post("/inbox/sign-in", data=form, headers={"Origin": ORIGIN})
    assert own.status_code == 303


async def test_signing_out_ends_the_session_and_the_presence(office: Office) -> None:
    anna = await office.hire()
    await office.parts.presence.heartbeat(anna.agent.id)
    assert await office.parts.presence.anyone_online(DESK)
    response = await anna.post("/inbox/sign-out", htmx=False)
    assert response.headers["location"] == "/inbox/sign-in"
    assert not await office.parts.presence.anyone_online(DESK)
    anna.http.cookies.set("firstline_session", "stolen")
    assert (await anna.http.get("/inbox")).status_code == 303


async def test_signing_out_of_the_last_browser_gives_back_what_one_has(office: Office) -> None:
    anna = await office.hire()
    answering, put_off = [await office.customer_says("Hello?", thread=t) for t in ("a", "b")]
    for conversation in (answering, put_off):
        await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    await anna.act(put_off, "snooze", epoch=await office.epoch(put_off), until="hour")
    second = await office.parts.accounts.open_session(anna.agent.id, place=NOWHERE, way="password")
    before = await office.events(answering)
    await anna.post("/inbox/sign-out", htmx=False)
    assert await office.events(answering) == before, "she is still signed in elsewhere"
    assert (await office.conversation(answering)).agent_id == anna.agent.id
    who = await office.parts.accounts.who(second)
    assert who is not None
    there = AgentBrowser(office.browser(), who.agent, who.csrf)
    there.http.cookies.set("firstline_session", second)
    await there.post("/inbox/sign-out", htmx=False)
    back = await office.conversation(answering)
    assert (back.status, back.agent_id) == (Status.QUEUED, None)
    assert (back.handoff_details or {})["given_back"] == "agent_offline"
    assert (await office.conversation(put_off)).status is Status.SNOOZED


async def test_a_browser_that_is_closed_or_signed_out_by_the_desk_is_no_goodbye(
    office: Office,
) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    await office.parts.presence.left(anna.agent.id)
    await office.parts.presence.signed_out(anna.agent.id)
    assert (await office.conversation(conversation)).agent_id == anna.agent.id


async def test_over_https_the_cookie_is_for_https_alone(tmp_path: Path) -> None:
    async with open_office(tmp_path, secure_cookies=True) as office:
        password = await office.parts.accounts.add_agent(EMAIL, "Anna", [DESK])
        assert "Secure" in (await sign_in(office.browser(), password)).headers["set-cookie"]


async def test_every_route_but_the_sign_in_page_needs_a_session(office: Office) -> None:
    http = office.browser()
    routes = closed_routes(office)
    assert len(routes) >= 18
    for method, path in routes:
        path = path.format_map(NAMES)
        response = await http.request(method, path)
        assert response.status_code == 303, f"{method} {path}"
        assert response.headers["location"].startswith("/inbox/sign-in"), f"{method} {path}"
        htmx = await http.request(method, path, headers={"HX-Request": "true"})
        assert htmx.status_code == 401
        assert htmx.headers["hx-redirect"].startswith("/inbox/sign-in")


async def test_every_route_that_changes_something_needs_the_form_token(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    for method, path in closed_routes(office):
        if method == "GET":
            continue
        path = path.format_map(Names(seq="1", conversation_id=conversation))
        for form in ({}, {"csrf": ""}, {"csrf": piotr.csrf}):
            assert (await anna.http.post(path, data=form)).status_code == 403, path
        foreign = {"Origin": "https://evil.example"}
        right = {"csrf": anna.csrf}
        assert (await anna.http.post(path, data=right, headers=foreign)).status_code == 403, path
    assert (await office.events(conversation))[-1] == "hand_off"


async def test_the_token_may_come_in_a_header(office: Office) -> None:
    anna = await office.hire()
    headers = {"X-CSRF-Token": anna.csrf, "Origin": ORIGIN}
    response = await anna.http.post("/inbox/language", data={"language": "pl"}, headers=headers)
    assert response.status_code == 303


async def test_every_answer_carries_the_security_headers(office: Office) -> None:
    anna = await office.hire()
    answers = [
        await anna.http.get("/inbox"),
        await anna.http.get("/inbox/conversations/none"),
        await office.browser().get("/inbox"),
        await office.browser().get("/inbox/sign-in"),
    ]
    for response in answers:
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
    assert "<script>" not in answers[0].text


async def test_after_signing_in_the_wanted_page_comes(office: Office) -> None:
    password = await office.parts.accounts.add_agent(EMAIL, "Anna", [DESK])
    http = office.browser()
    asked = await http.get("/inbox/conversations/abc?view=mine")
    assert asked.headers["location"].endswith("next=/inbox/conversations/abc%3Fview%3Dmine")
    response = await sign_in(http, password, next="/inbox/conversations/abc?view=mine")
    assert response.headers["location"] == "/inbox/conversations/abc?view=mine"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/inbox/../x", "/inboxevil", "javascript:x", ""],
)
async def test_no_address_leads_out_of_the_inbox(address: str) -> None:
    assert inner_page(address) == "/inbox"
