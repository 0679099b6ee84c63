"""The sample IT service: tickets, resets that check who asks, requests, and repeated calls."""

from datetime import date
from typing import Any

import httpx
import pytest

from demo.itsm.app import create_app
from demo.itsm.desk import masked, priority_of, working_days_later
from demo.itsm.samples import sample_tickets

pytestmark = pytest.mark.asyncio

FRIDAY = date(2026, 12, 18)
ANNA = {"email": "anna.nowak@volta.example", "employee_number": "204817"}
INCIDENT = {"summary": "VPN drops", "affected": 1, "contact": "anna.nowak@volta.example"}
MONITOR = {
    "device": "27-inch monitor",
    "reason": "Two documents side by side",
    "place": "Warsaw, floor 3",
    "email": "anna.nowak@volta.example",
}
ACCESS = {
    "system": "crm",
    "level": "write",
    "reason": "I look after customers",
    "manager_email": "Piotr.Lis@volta.example",
    "email": "anna.nowak@volta.example",
}


@pytest.fixture
def http() -> httpx.AsyncClient:
    service = httpx.ASGITransport(create_app(today=lambda: FRIDAY))
    return httpx.AsyncClient(transport=service, base_url="http://itsm")


# `Any`: JSON bodies.
async def refused(http: httpx.AsyncClient, path: str, body: Any) -> tuple[int, str]:
    answer = await http.post(path, json=body)
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_known_ticket_is_told_and_an_unknown_one_has_its_own_code(
    http: httpx.AsyncClient,
) -> None:
    found = (await http.get("/tickets/inc-20417")).json()
    assert found["status"] == "in_progress"
    assert found["expected_on"] == "2026-12-19"
    missing = await http.get("/tickets/INC-99999")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "unknown_ticket")


async def test_an_incident_gets_a_number_under_which_it_is_found(http: httpx.AsyncClient) -> None:
    opened = await http.post("/tickets", json=INCIDENT)
    assert opened.status_code == 201
    number = opened.json()["number"]
    assert (await http.get(f"/tickets/{number}")).json()["status"] == "new"


async def test_the_same_call_again_has_one_effect(http: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    first = (await http.post("/tickets", json=INCIDENT, headers=key)).json()
    again = (await http.post("/tickets", json=INCIDENT, headers=key)).json()
    other = (await http.post("/tickets", json=INCIDENT, headers={"Idempotency-Key": "k2"})).json()
    assert first == again
    assert other["number"] != first["number"]
    changed = await http.post("/tickets", json={**INCIDENT, "affected": 3}, headers=key)
    assert changed.json()["error"]["code"] == "key_reused"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"affected": 0}, "affected"),
        ({"summary": "  "}, "summary"),
        ({"contact": None}, "contact"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_malformed_incident_is_refused_with_the_fields_name(
    http: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    answer = await http.post("/tickets", json={**INCIDENT, **change})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith(field)


async def test_a_reset_link_goes_to_what_is_registered_and_is_never_shown_whole(
    http: httpx.AsyncClient,
) -> None:
    phone = (await http.post("/password-resets", json={**ANNA, "send_to": "phone"})).json()
    assert phone["sent_to"] == "••• 217"
    manager = (await http.post("/password-resets", json={**ANNA, "send_to": "manager"})).json()
    assert manager["sent_to"] == "p•••@volta.example"


async def test_a_wrong_identity_is_refused_and_the_fourth_try_needs_a_person(
    http: httpx.AsyncClient,
) -> None:
    wrong = {**ANNA, "employee_number": "000000", "send_to": "phone"}
    for _ in range(3):
        assert await refused(http, "/password-resets", wrong) == (403, "identity_mismatch")
    right = {**ANNA, "send_to": "phone"}
    assert await refused(http, "/password-resets", right) == (429, "too_many_attempts")
    assert await refused(http, "/mfa-resets", {**ANNA, "old_phone": "here"}) == (
        *(429, "too_many_attempts"),
    )


@pytest.mark.parametrize(
    ("who", "number", "send_to", "code"),
    [
        ("ewa.wrona", "118340", "phone", "no_phone"),
        ("piotr.lis", "100455", "manager", "no_manager"),
        ("jan.byly", "150023", "phone", "account_disabled"),
        ("nobody", "118340", "phone", "identity_mismatch"),
    ],
)
async def test_a_reset_that_cannot_be_done_says_why(
    http: httpx.AsyncClient, who: str, number: str, send_to: str, code: str
) -> None:
    body = {"email": f"{who}@volta.example", "employee_number": number, "send_to": send_to}
    assert (await refused(http, "/password-resets", body))[1] == code


async def test_a_phone_that_is_gone_confirms_nothing(http: httpx.AsyncClient) -> None:
    here = (await http.post("/mfa-resets", json={**ANNA, "old_phone": "here"})).json()
    stolen = (await http.post("/mfa-resets", json={**ANNA, "old_phone": "stolen"})).json()
    assert here["confirmed_by"] == "phone"
    assert stolen["confirmed_by"] == "manager"
    assert stolen["respond_within_minutes"] < here["respond_within_minutes"]


async def test_access_names_the_owner_and_refuses_an_unknown_manager(
    http: httpx.AsyncClient,
) -> None:
    asked = (await http.post("/access-requests", json=ACCESS)).json()
    assert (asked["system"], asked["owner"]) == ("CRM", "sales.systems@volta.example")
    unknown = (await http.post("/access-requests", json={**ACCESS, "system": "Abacus"})).json()
    assert unknown["owner"] is None
    boss = {**ACCESS, "manager_email": "boss@volta.example"}
    assert await refused(http, "/access-requests", boss) == (422, "unknown_manager")
    own = {**ACCESS, "email": "piotr.lis@volta.example"}
    assert await refused(http, "/access-requests", own) == (422, "self_approval")


async def test_equipment_from_stock_is_quick_and_a_laptop_needs_approval(
    http: httpx.AsyncClient,
) -> None:
    monitor = (await http.post("/hardware-requests", json=MONITOR)).json()
    assert (monitor["needs_approval"], monitor["ready_on"]) == (False, "2026-12-22")
    laptop = (await http.post("/hardware-requests", json={**MONITOR, "device": "Laptop 14"})).json()
    assert (laptop["needs_approval"], laptop["ready_on"]) == (True, "2026-12-25")
    late = {**MONITOR, "needed_on": "2026-12-17"}
    assert await refused(http, "/hardware-requests", late) == (422, "date_in_the_past")


async def test_the_pure_parts() -> None:
    assert [priority_of(people) for people in (1, 2, 19, 20)] == ["P3", "P2", "P2", "P1"]
    assert working_days_later(FRIDAY, 1) == date(2026, 12, 21)
    assert masked("+48600100217") == "••• 217"
    assert len({ticket.status for ticket in sample_tickets(FRIDAY).values()}) == 7
