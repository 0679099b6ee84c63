"""Pushed alerts reach the browser that they are for, over https, and nobody else can read them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from bot.accounts.models import Agent
from bot.alerts.push import Address, BadSubscription, BrowserGone, Pusher, read_address
from bot.alerts.rules import Choice, Kind, Way, When
from bot.alerts.vapid import Vapid
from bot.clock import now
from tests.bot.alerts.telling import TEXT, customer_waits, later, mailing_desk, outcomes
from tests.bot.assignment.desks import comes
from tests.desk import TestDesk
from tests.inbox import open_office
from tests.push_service import (
    CURVE,
    PushedTo,
    PushService,
    check_vapid,
    decrypt,
    from_base64url,
    push_service,
)
from tests.smtp_server import Postbox, make_certificate

pytestmark = pytest.mark.asyncio
Clock = time_machine.Traveller
# RFC 8291, 5.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
BROWSERS_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qul"
    "cy4a-fN"
)


@pytest_asyncio.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PushService]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with push_service(certificate) as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(
    tmp_path: Path, postbox: Postbox, clock: Clock, service: PushService
) -> AsyncIterator[TestDesk]:
    # The push service is on this machine.
    async with mailing_desk(tmp_path, postbox.port, webhooks_to_private_addresses=True) as opened:
        yield opened


async def turns_on(desk: TestDesk, agent: Agent, browser: PushedTo) -> None:
    await desk.parts.alerts.turn_on(agent.id, "s1", browser="Firefox", **browser.fields)


async def names(desk: TestDesk, agent: Agent) -> list[str]:
    return [
        one.endpoint.rpartition("/")[2] for one in await desk.parts.alerts.browsers.of(agent.id)
    ]


async def test_the_tests_own_reader_reads_the_rfcs_example() -> None:
    private = ec.derive_private_key(int.from_bytes(from_base64url(BROWSERS_KEY), "big"), CURVE)
    assert decrypt(from_base64url(BODY), private, from_base64url(AUTH)) == PLAINTEXT


async def test_an_alert_is_pushed_to_its_browser_alone(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, browser = await comes(desk, "Anna", language="pl"), service.browser()
    await turns_on(desk, anna, browser)
    conversation = await customer_waits(desk)
    assert await later(desk, clock, anna, by=timedelta(minutes=2)) == 1
    shown = browser.read()
    assert shown == {
        "title": "Klient czeka w kolejce: Klienci",
        "body": shown["body"],
        "url": f"/inbox/conversations/{conversation}",
        "tag": f"waiting {conversation}",
        "lang": "pl",
    }
    assert "Czeka: 2 minuty" in shown["body"]
    assert TEXT not in str(shown)
    [headers] = browser.headers
    assert headers["content-encoding"] == "aes128gcm"
    assert (headers["ttl"], headers["urgency"], len(headers["topic"])) == ("3600", "high", 32)
    claims = check_vapid(headers["authorization"], desk.parts.alerts.browsers.key)
    assert (claims["aud"], claims["sub"]) == (service.origin, "mailto:help@acme.example")
    assert 0 < claims["exp"] - now().timestamp() <= 24 * 3600
    assert await outcomes(desk) == {"waiting": ("sent", None)}


async def test_the_same_words_are_never_encrypted_with_the_same_key(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, one, two = await comes(desk, "Anna"), service.browser("one"), service.browser("two")
    await turns_on(desk, anna, one)
    await turns_on(desk, anna, two)
    await customer_waits(desk)
    await later(desk, clock, anna)
    assert one.read() == two.read()
    assert one.bodies[0][:86] != two.bodies[0][:86], "salt and key are new each time"
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the library says of a wrong key
        decrypt(one.bodies[0], two.private, two.auth)


async def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, gone, there = await comes(desk, "Anna"), service.browser("gone"), service.browser("there")
    await turns_on(desk, anna, gone)
    await turns_on(desk, anna, there)
    gone.status = 410
    await customer_waits(desk)
    await later(desk, clock, anna)
    assert len(there.bodies) == 1
    assert await names(desk, anna) == ["there"]
    there.status = 404
    await customer_waits(desk, "t2")
    await later(desk, clock, anna)
    assert await names(desk, anna) == []


async def test_a_push_service_that_is_away_is_tried_again_and_one_that_refuses_is_not(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, browser = await comes(desk, "Anna"), service.browser()
    await turns_on(desk, anna, browser)
    browser.status = 503
    await customer_waits(desk)
    await later(desk, clock, anna)
    [trouble] = await desk.parts.alerts.troubles(anna.id, Way.PUSH)
    assert (trouble.problem, trouble.is_tried) == ("HTTP 503", True)
    [known] = await desk.parts.alerts.browsers.of(anna.id)
    assert known.problem == "HTTP 503"
    browser.status = 201
    await later(desk, clock, anna, by=timedelta(seconds=6))
    assert len(browser.bodies) == 1
    [known] = await desk.parts.alerts.browsers.of(anna.id)
    assert (known.problem, known.used_at is None) == (None, False)
    browser.status = 403
    await customer_waits(desk, "t2")
    await later(desk, clock, anna)
    [trouble] = await desk.parts.alerts.troubles(anna.id, Way.PUSH)
    assert (trouble.problem, trouble.is_tried) == ("HTTP 403", False)


async def test_no_browser_waits_for_another_ones_push_service(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, one, two = await comes(desk, "Anna"), service.browser("one"), service.browser("two")
    one.meets = two.meets = asyncio.Barrier(2)
    await turns_on(desk, anna, one)
    await turns_on(desk, anna, two)
    await customer_waits(desk)
    await later(desk, clock, anna)
    assert (len(one.bodies), len(two.bodies)) == (1, 1)
    assert [known.problem for known in await desk.parts.alerts.browsers.of(anna.id)] == [None, None]


async def test_a_redirect_leads_nowhere(desk: TestDesk, clock: Clock, service: PushService) -> None:
    anna, browser = await comes(desk, "Anna"), service.browser()
    other = service.browser("other")
    await turns_on(desk, anna, browser)
    browser.status = 307
    await customer_waits(desk)
    await later(desk, clock, anna)
    assert other.bodies == []
    assert await outcomes(desk) == {"waiting": ("dead", "HTTP 307")}


async def test_who_turned_it_on_first_gets_everything_and_chooses_less(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, browser = await comes(desk, "Anna"), service.browser()
    await turns_on(desk, anna, browser)
    assert (await desk.parts.alerts.choice(anna.id, Way.PUSH)).kinds == frozenset(Kind)
    less = Choice(frozenset({Kind.MENTION}), 30, When.HERE)
    await desk.parts.alerts.choose(anna.id, Way.PUSH, less)
    await turns_on(desk, anna, browser)
    assert await desk.parts.alerts.choice(anna.id, Way.PUSH) == less
    assert await names(desk, anna) == ["one"], "it is the same browser"


async def test_a_browser_is_one_agents_and_an_agent_has_not_too_many(
    desk: TestDesk, clock: Clock, service: PushService
) -> None:
    anna, piotr = await comes(desk, "Anna"), await comes(desk, "Piotr")
    await turns_on(desk, anna, service.browser())
    await turns_on(desk, piotr, service.browser())
    assert (await names(desk, anna), await names(desk, piotr)) == ([], ["one"])
    for number in range(12):
        clock.shift(1)
        await turns_on(desk, anna, service.browser(f"b{number}"))
    assert await names(desk, anna) == [f"b{number}" for number in range(11, 1, -1)]
    [piotrs] = await desk.parts.alerts.browsers.of(piotr.id)
    await desk.parts.alerts.browsers.turn_off(anna.id, piotrs.id)
    assert await names(desk, piotr) == ["one"], "not hers to turn off"


GOOD = PushedTo("https://push.example/x").fields


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://127.0.0.1/x",
        "https://10.1.2.3/x",
        "https://[::1]/x",
        "https://[::ffff:192.168.0.1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://user:secret@push.example/x",
        "ftp://push.example/x",
        "https://push.example/" + "x" * 1000,
        "",
    ],
)
async def test_only_https_and_nobody_inside_the_network_is_pushed_to(endpoint: str) -> None:
    with pytest.raises(BadSubscription):
        read_address(endpoint, GOOD["p256dh"], GOOD["auth"], private_allowed=False)


@pytest.mark.parametrize(
    "wrong",
    [{"auth": "c2hvcnQ"}, {"auth": "ą"}, {"p256dh": "BBBB"}, {"p256dh": ""}, {"p256dh": "!" * 87}],
)
async def test_keys_that_are_none_are_refused(wrong: dict[str, str]) -> None:
    fields = GOOD | wrong
    with pytest.raises(BadSubscription):
        read_address(**fields, private_allowed=False)
    assert read_address(**GOOD, private_allowed=False).endpoint == "https://push.example/x"


async def test_what_was_kept_is_looked_at_again_before_each_push(service: PushService) -> None:
    """A desk whose owner does not allow its own network any more."""
    browser = service.browser()
    pusher = Pusher(Vapid("a secret", contact="https://desk.example"), private_allowed=False)
    with pytest.raises(BrowserGone):
        await pusher.push(Address(**browser.fields), b"{}", topic="t")
    assert browser.bodies == []


async def test_all_processes_of_a_desk_are_one_sender_and_two_desks_are_two() -> None:
    first, again, other = (
        Vapid(secret, contact="https://desk.example").public_key for secret in ("a", "a", "b")
    )
    assert first == again != other
    point = from_base64url(first)
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


async def test_signing_out_turns_it_off_there_and_nowhere_else(
    tmp_path: Path, service: PushService
) -> None:
    async with open_office(tmp_path, webhooks_to_private_addresses=True) as office:
        anna = await office.hire()
        on = await anna.post("/inbox/alerts/push/browsers", htmx=False, **service.browser().fields)
        assert on.status_code == 204
        other = service.browser("other").fields
        await office.parts.alerts.turn_on(anna.agent.id, "s2", browser="", **other)
        bad = service.browser("bad").fields | {"endpoint": "http://push.example"}
        refused = await anna.post("/inbox/alerts/push/browsers", htmx=False, **bad)
        assert refused.status_code == 422
        page = await anna.page("/inbox/alerts")
        assert page.count("Turn off: ") == 2
        await anna.post("/inbox/sign-out", htmx=False)
        [left] = await office.parts.alerts.browsers.of(anna.agent.id)
        assert left.endpoint == other["endpoint"]
