"""Sign-in at an identity provider that Authlib's server plays, over real HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from pydantic import ValidationError
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.clock import now
from bot.settings import Settings
from tests.inbox import ORIGIN, Office, open_office
from tests.oidc_provider import IdentityProvider, identity_provider

pytestmark = pytest.mark.asyncio

SSO = "/inbox/sso"
CALLBACK = f"{ORIGIN}{SSO}/callback"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider(CALLBACK) as there:
        yield there


@pytest_asyncio.fixture
async def desk(tmp_path: Path, provider: IdentityProvider) -> AsyncIterator[Office]:
    async with open_office(
        tmp_path,
        second_factor_roles="agent",
        sign_in_attempts_per_minute=100,
        **provider.settings(),
    ) as office:
        yield office


async def at_the_provider(http: httpx.AsyncClient, **query: str) -> str:
    """Where the provider sends the browser back to."""
    away = await http.get(SSO, params=query)
    assert away.status_code == 303, away.text
    async with httpx.AsyncClient() as browser:
        back = await browser.get(away.headers["location"])
    assert back.status_code == 302, back.text
    return str(back.headers["location"])


async def sign_in(office: Office) -> tuple[httpx.AsyncClient, httpx.Response]:
    http = office.browser()
    return http, await http.get(await at_the_provider(http, next="/inbox?view=mine"))


async def test_a_verified_address_opens_the_account_that_has_it(
    desk: Office, provider: IdentityProvider
) -> None:
    await desk.parts.accounts.add_agent("anna@example.com", "Anna", ["it-help"])
    assert "/inbox/sso?next=" in (await desk.browser().get("/inbox/sign-in")).text
    http, entered = await sign_in(desk)
    assert entered.status_code == 303, entered.text
    assert entered.headers["location"] == "/inbox?view=mine"
    # Neither the one-time password nor a second factor of ours stands in the way.
    assert "Anna" in (await http.get("/inbox")).text
    boss = await desk.hire("Boss", role=Role.MANAGER)
    await boss.http.get("/inbox")
    assert "at the identity provider" in await boss.page("/inbox/audit")


async def test_the_flow_carries_state_nonce_and_a_pkce_challenge(desk: Office) -> None:
    away = await desk.browser().get(SSO)
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    assert asked["redirect_uri"] == [CALLBACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))
    cookie = away.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert asked["nonce"][0] not in cookie, "sealed"


async def test_what_another_browser_began_or_was_used_is_refused(desk: Office) -> None:
    await desk.parts.accounts.add_agent("anna@example.com", "Anna", ["it-help"])
    http = desk.browser()
    back = await at_the_provider(http)
    for stranger in (desk.browser(), desk.browser()):
        await stranger.get(SSO)
        refused = await stranger.get(back)
        assert refused.status_code == 401
        assert "did not let you in" in refused.text
    assert (await desk.browser().get(back)).status_code == 401, "no cookie at all"
    assert (await http.get(back)).status_code == 303
    assert (await http.get(back)).status_code == 401, "a code is good once"


def spoiled(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | values


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"aud": ["somebody else"]},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"nonce": None},
        {"azp": "somebody else"},
    ],
    ids=str,
)
async def test_an_id_token_that_is_not_ours_opens_nothing(
    desk: Office, provider: IdentityProvider, wrong: dict[str, Any]
) -> None:
    await desk.parts.accounts.add_agent("anna@example.com", "Anna", ["it-help"])
    provider.spoil = spoiled(**wrong)
    http, refused = await sign_in(desk)
    assert refused.status_code == 401
    assert "firstline_session" not in http.cookies


async def test_a_token_that_is_signed_by_somebody_else_opens_nothing(
    desk: Office, provider: IdentityProvider
) -> None:
    await desk.parts.accounts.add_agent("anna@example.com", "Anna", ["it-help"])
    provider.foreign_key = True
    assert (await sign_in(desk))[1].status_code == 401


async def test_only_an_address_that_the_provider_vouches_for_counts(
    desk: Office, provider: IdentityProvider
) -> None:
    await desk.parts.accounts.add_agent("anna@example.com", "Anna", ["it-help"])
    for unsure in (False, None, "false"):
        provider.claims["email_verified"] = unsure
        refused = (await sign_in(desk))[1]
        assert refused.status_code == 403
        assert "does not confirm your e-mail address" in refused.text
    provider.claims["email_verified"] = True
    provider.email_by_userinfo = True
    assert (await sign_in(desk))[1].status_code == 303


async def test_strangers_and_disabled_accounts_stay_out(
    desk: Office, provider: IdentityProvider
) -> None:
    refused = (await sign_in(desk))[1]
    assert refused.status_code == 403
    assert "no account here for anna@example.com" in refused.text
    await desk.parts.accounts.add_agent("anna@example.com", "Anna", ["it-help"])
    async with desk.parts.db.write() as tx:
        await tx.session.execute(update(Agent).values(disabled_at=now()))
    assert (await sign_in(desk))[1].status_code == 403


async def test_where_it_is_wished_a_stranger_becomes_an_agent(
    tmp_path: Path, provider: IdentityProvider
) -> None:
    async with open_office(tmp_path, oidc_create_agents=True, **provider.settings()) as office:
        for _ in range(2):
            http, entered = await sign_in(office)
            assert entered.status_code == 303
        assert "Anna Nowak" in (await http.get("/inbox")).text
        async with office.parts.db.read() as session:
            [agent] = (await session.scalars(select(Agent))).all()
        assert (agent.role, agent.desks) == (Role.AGENT, ["customer-care", "it-help"])


async def test_a_provider_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    away: dict[str, Any] = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "x"}
    async with open_office(tmp_path, **away) as office:
        answer = await office.browser().get(SSO)
        assert answer.status_code == 502
        assert "does not answer" in answer.text


async def test_without_a_provider_there_is_no_such_way(office: Office) -> None:
    assert SSO not in (await office.browser().get("/inbox/sign-in")).text
    for path in (SSO, f"{SSO}/callback?code=x&state=y"):
        assert (await office.browser().get(path)).headers["location"] == "/inbox/sign-in"


@pytest.mark.parametrize(
    "values",
    [
        {"oidc_issuer": "https://id.example"},
        {"oidc_client_id": "x"},
        {"oidc_issuer": "http://id.example", "oidc_client_id": "x"},
        {"oidc_issuer": "id.example", "oidc_client_id": "x"},
    ],
)
async def test_half_a_setting_or_an_open_line_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)  # type: ignore[arg-type]
