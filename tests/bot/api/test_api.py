"""What programs can do at the desk, over HTTP."""

import pytest

from bot.api_tokens.scopes import Scope
from tests.bot.api.conftest import ApiDesk
from tests.desk import answer
from tests.server import Browser

pytestmark = pytest.mark.asyncio

NEEDS = (
    ("GET", "/conversations", Scope.READ_CONVERSATIONS),
    ("GET", "/conversations/x", Scope.READ_CONVERSATIONS),
    ("GET", "/conversations/x/messages", Scope.READ_CONVERSATIONS),
    ("GET", "/conversations/x/packet", Scope.READ_CONVERSATIONS),
    ("POST", "/conversations/x/messages", Scope.WRITE_CONVERSATIONS),
    ("POST", "/conversations/x/claim", Scope.WRITE_CONVERSATIONS),
    ("GET", "/conversations/x/notes", Scope.READ_NOTES),
    ("POST", "/conversations/x/notes", Scope.WRITE_NOTES),
    ("GET", "/customers/x", Scope.READ_CUSTOMERS),
    ("GET", "/agents", Scope.READ_AGENTS),
    ("GET", "/events", Scope.READ_EVENTS),
    ("GET", "/webhooks", Scope.MANAGE_WEBHOOKS),
    ("POST", "/webhooks", Scope.MANAGE_WEBHOOKS),
    ("GET", "/webhooks/x", Scope.MANAGE_WEBHOOKS),
    ("PATCH", "/webhooks/x", Scope.MANAGE_WEBHOOKS),
    ("DELETE", "/webhooks/x", Scope.MANAGE_WEBHOOKS),
    ("POST", "/webhooks/x/secret", Scope.MANAGE_WEBHOOKS),
    ("POST", "/webhooks/x/ping", Scope.MANAGE_WEBHOOKS),
    ("GET", "/webhooks/x/deliveries", Scope.MANAGE_WEBHOOKS),
    ("POST", "/webhooks/x/deliveries/1/again", Scope.MANAGE_WEBHOOKS),
)


async def waits_for_a_person(browser: Browser) -> str:
    """The customer asks for one; the conversation's id."""
    await browser.send(type="human", id="h1")
    return str((await browser.wait_for("ack"))["conversation"])


async def test_a_program_answers_a_customer_as_its_agent(api: ApiDesk) -> None:
    program = await api.program(await api.agent("Anna"))
    async with api.server.browser() as browser:
        conversation = await waits_for_a_person(browser)
        waiting = (await program.get("/conversations", params={"status": "queued"})).json()
        assert [one["id"] for one in waiting["conversations"]] == [conversation]
        assert waiting["next"] is None
        epoch = waiting["conversations"][0]["epoch"]
        place = f"/conversations/{conversation}"
        taken = (await program.post(f"{place}/claim", json={"epoch": epoch})).json()
        assert taken["status"] == "with_agent"
        assert taken["agent"]["name"] == "Anna"

        said = {"text": "Hello from a program", "epoch": taken["epoch"]}
        key = {"Idempotency-Key": "k1"}
        first = await program.post(f"{place}/messages", json=said, headers=key)
        again = await program.post(f"{place}/messages", json=said, headers=key)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        frame = await browser.wait_for_message("agent")
        assert frame["text"] == "Hello from a program"
        assert frame["author"]["name"] == "Anna"

        listed = (await program.get(f"{place}/messages", params={"after": 1})).json()["messages"]
        assert [one["text"] for one in listed].count("Hello from a program") == 1
        assert listed[-1]["seq"] == first.json()["seq"]
        closed = await program.post(f"{place}/close", json={"epoch": taken["epoch"]})
        assert closed.json()["status"] == "closed"
        await browser.wait_for("status", status="closed")


async def test_who_started_from_an_older_epoch_is_refused(api: ApiDesk) -> None:
    program = await api.program(await api.agent("Anna"), language="pl")
    async with api.server.browser() as browser:
        place = f"/conversations/{await waits_for_a_person(browser)}"
        late = await program.post(f"{place}/claim", json={"epoch": 1})
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "stale_send"
    assert "opiekuna" in late.json()["error"]["message"]


@pytest.mark.parametrize("epoch", [True, "2", 2.5, None, [2], -1, 2**31])
async def test_what_is_no_epoch_is_not_taken_for_one(api: ApiDesk, epoch: object) -> None:
    program = await api.program(await api.agent("Anna"))
    async with api.server.browser() as browser:
        place = f"/conversations/{await waits_for_a_person(browser)}"
        answer = await program.post(f"{place}/claim", json={"epoch": epoch})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_request"
    assert "epoch" in answer.json()["error"]["where"][0]


async def test_notes_stay_inside(api: ApiDesk) -> None:
    program = await api.program(await api.agent("Anna"))
    async with api.server.browser() as browser:
        conversation = await waits_for_a_person(browser)
        written = await program.post(
            f"/conversations/{conversation}/notes", json={"text": "Handle with care"}
        )
        assert written.status_code == 201
        notes = (await program.get(f"/conversations/{conversation}/notes")).json()["notes"]
        assert [(note["text"], note["author"]["name"]) for note in notes] == [
            ("Handle with care", "Anna")
        ]
        async with api.server.browser(browser.token) as other:
            assert "Handle with care" not in str(other.welcome)
        messages = (await program.get(f"/conversations/{conversation}/messages")).text
        assert "Handle with care" not in messages


async def test_the_packet_says_what_the_customer_wants(api: ApiDesk) -> None:
    program = await api.program(await api.agent("Anna"))
    api.server.engine.at_once = answer("In two days.", intent="care_delivery_time")
    async with api.server.browser() as browser:
        await browser.write("When will it come?")
        await browser.wait_for_message("bot")
        conversation = await waits_for_a_person(browser)
        found = (await program.get(f"/conversations/{conversation}/packet")).json()["packet"]
    assert found["reason"] == "asked_for_human"
    assert found["wish"]["words"] == "When will it come?"
    assert found["wish"]["guesses"][0]["intent"] == "care_delivery_time"


async def test_another_desk_is_not_seen(api: ApiDesk) -> None:
    stranger = await api.program(await api.agent("Igor", "it-help"))
    async with api.server.browser() as browser:
        conversation = await waits_for_a_person(browser)
        own = await api.program(await api.agent("Anna"))
        customer = (await own.get(f"/conversations/{conversation}")).json()["customer"]["id"]
        assert (await stranger.get("/conversations")).json()["conversations"] == []
        for path in (
            f"/conversations/{conversation}",
            f"/conversations/{conversation}/messages",
            f"/conversations/{conversation}/notes",
            f"/conversations/{conversation}/packet",
            f"/customers/{customer}",
        ):
            assert (await own.get(path)).status_code == 200, path
            assert (await stranger.get(path)).status_code == 404, path
        for path, body in (
            ("claim", {"epoch": 2}),
            ("notes", {"text": "x"}),
            ("messages", {"text": "x", "epoch": 2}),
        ):
            refused = await stranger.post(f"/conversations/{conversation}/{path}", json=body)
            assert refused.status_code == 404, path
    assert [one["name"] for one in (await stranger.get("/agents")).json()["agents"]] == ["Igor"]


async def test_pages_follow_each_other_without_a_gap(api: ApiDesk) -> None:
    program = await api.program(await api.agent("Anna"))
    ids = []
    for _ in range(5):
        async with api.server.browser() as browser:
            ids.append(await waits_for_a_person(browser))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await program.get("/conversations", params={"limit": 2, **cursor})).json()
        seen += [one["id"] for one in page["conversations"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ids[::-1]
    bad = await program.get("/conversations", params={"cursor": "x"})
    assert bad.json()["error"]["code"] == "bad_cursor"


async def test_every_route_needs_its_scope(api: ApiDesk) -> None:
    email = await api.agent("Anna")
    for method, path, scope in NEEDS:
        others = await api.program(email, *(one for one in Scope if one is not scope))
        for body in ({"epoch": 1}, {"text": "x"}, {"text": "x", "epoch": 1}, {"url": "x"}):
            refused = await others.request(method, path, json=body)
            if refused.status_code != 422:  # the shape is looked at first
                break
        said = refused.json()["error"]
        assert (refused.status_code, said["code"]) == (403, "missing_scope"), (method, path)
        assert scope.value in said["message"]
        nobody = await others.request(method, path, headers={"Authorization": "Bearer fl_wrong"})
        assert nobody.status_code == 401, (method, path)
        assert nobody.headers["www-authenticate"] == "Bearer"


async def test_the_table_of_scopes_is_whole(api: ApiDesk) -> None:
    program = await api.program(await api.agent())
    document = (await program.get("/openapi.json")).json()
    described = {
        (method.upper(), _without_names(path))
        for path, methods in document["paths"].items()
        for method in methods
    }
    listed = {
        (method, path.replace("/x", "/{}").replace("/1/", "/{}/")) for method, path, _ in NEEDS
    }
    claims = {("POST", "/conversations/{}/claim")}
    moves = {("POST", "/conversations/{}/{}")}
    assert described - {("GET", "/me")} - moves == listed - claims


def _without_names(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
