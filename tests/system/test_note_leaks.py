"""What agents write among themselves, sought in everything that leaves the desk: one walk over all.

In one desk with a website, Slack, Telegram, mail, pushed alerts, a program and a webhook, agents
note, ask, hand over, return, rate, label and block. Then everything that went out is read: the
widget's frames and its history (by socket and by stream), all calls to Slack and Telegram but those
to the agents' own channel, the copy of the transcript (downloaded, mailed, in Telegram), the mails
and pushes that tell agents, every page of the API that a token without the notes' scope can get,
the feed, what webhooks were called with, what the engine was asked, and the log.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.api.app import PLACE
from bot.api_tokens.scopes import Scope
from bot.conversations.models import Conversation, Note
from bot.feed.kinds import KINDS, NOTE_CREATED
from tests.connectors.slack.agents import AGENTS
from tests.connectors.slack.fake import FakeSlack, fake_slack
from tests.connectors.slack.office import ADA, REQUESTS, TRIAGE, Office, open_office
from tests.connectors.telegram.fake import ANNA, TOKEN, FakeTelegram, fake_telegram
from tests.desk import answer
from tests.inbox import AgentBrowser
from tests.push_service import PushedTo, push_service
from tests.server import Browser
from tests.smtp_server import Postbox, make_certificate, smtp_server
from tests.streams import open_stream
from tests.system.tellings import alerts_go_out, listens, mails_to, pushed, told_of

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300)]
DESK = "it-help"
NOTE = "Zebra-note"  # stands in every note: neither customers nor this program may see it
INSIDE = "Zebra-inside"  # what agents keep beside them: no customer may see it
SAID = "This is for the customer"
WITHOUT_NOTES = tuple(one for one in Scope if one not in (Scope.READ_NOTES, Scope.WRITE_NOTES))
CHANNELS = ("web", "slack", "telegram")


@dataclass
class World:
    """The desk, and everybody around it."""

    office: Office
    telegram: FakeTelegram
    postbox: Postbox
    called: list[str]  # bodies that the webhook got
    hook: str
    anna: AgentBrowser
    piotr: AgentBrowser
    program: httpx.AsyncClient
    told: list[PushedTo]  # Anna's browser, and Piotr's
    hears_notes: list[str]  # bodies that a webhook of a program that may read notes got

    async def conversation(self, channel: str) -> Conversation:
        """That channel's, once it waits for a person."""
        for _ in range(3000):
            found = [one for one in await self.office.conversations() if one.channel == channel]
            if found and found[-1].status == "queued":
                return found[-1]
            await asyncio.sleep(0.01)
        raise AssertionError(f"nobody of {channel} waits")


async def hired(office: Office, name: str, clients: AsyncExitStack, role: Role) -> AgentBrowser:
    accounts, email = office.parts.accounts, f"{name.lower()}@acme.example"
    password = await accounts.add_agent(email, name, [DESK, "customer-care"], role=role)
    async with office.parts.db.write() as tx:
        changed = update(Agent).where(Agent.email == email).values(must_change_password=False)
        await tx.session.execute(changed)
    token = await accounts.sign_in(email, password)
    who = await accounts.who(token)
    assert who is not None
    url = office.server.url
    http = httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=30)
    http.cookies.set("firstline_session", token)
    return AgentBrowser(await clients.enter_async_context(http), who.agent, who.csrf)


async def receiver(clients: AsyncExitStack, called: list[str]) -> str:
    """Whoever is called by webhooks; where."""

    async def take(request: web.Request) -> web.Response:
        called.append(await request.text())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    clients.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/hook"


@pytest_asyncio.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with AsyncExitStack() as clients:
        slack: FakeSlack = await clients.enter_async_context(fake_slack())
        telegram = await clients.enter_async_context(fake_telegram())
        postbox = clients.enter_context(smtp_server())
        push = await clients.enter_async_context(push_service(certificate))
        places: dict[str, Any] = {
            "telegram_token": TOKEN,
            "telegram_api_url": telegram.url,
            "smtp_url": f"smtp+plain://127.0.0.1:{postbox.port}",
            "smtp_from": "Acme Help <help@acme.example>",
            "webhooks_to_private_addresses": True,
        }
        opened = open_office(slack, tmp_path, desks=AGENTS, **places)
        office = await clients.enter_async_context(opened)
        called: list[str] = []
        hook = await receiver(clients, called)
        anna = await hired(office, "Anna", clients, Role.ADMIN)
        piotr = await hired(office, "Piotr", clients, Role.AGENT)
        told = [push.browser("anna"), push.browser("piotr")]
        for agent, browser in zip((anna, piotr), told, strict=True):
            await listens(agent, browser)
        program = await program_with(office, clients, WITHOUT_NOTES)
        made = await program.post("/webhooks", json={"url": hook})
        assert made.status_code == 201, made.text
        hears: list[str] = []
        may = await program_with(office, clients, tuple(Scope))
        wish = {"url": await receiver(clients, hears), "kinds": [NOTE_CREATED]}
        assert (await may.post("/webhooks", json=wish)).status_code == 201
        yield World(office, telegram, postbox, called, hook, anna, piotr, program, told, hears)


async def program_with(
    office: Office, clients: AsyncExitStack, scopes: tuple[Scope, ...]
) -> httpx.AsyncClient:
    token = await office.parts.programs.tokens.add("anna@acme.example", "crm", scopes)
    await office.parts.programs.feed.look()
    headers = {"Authorization": f"Bearer {token}"}
    client = httpx.AsyncClient(base_url=office.server.url + PLACE, headers=headers, timeout=30)
    return await clients.enter_async_context(client)


async def agents_talk(world: World, conversation: str) -> None:
    """Everything that agents can write and the customer must not read; two replies among it."""
    anna, piotr = world.anna, world.piotr

    async def epoch() -> int:
        async with world.office.parts.db.read() as session:
            return (await session.get_one(Conversation, conversation)).epoch

    async def act(who: AgentBrowser, route: str, **fields: object) -> None:
        done = await who.act(conversation, route, epoch=await epoch(), **fields)
        assert done.status_code == 200, (route, done.text)

    await act(anna, "note", note=f"{NOTE}: before anybody has it")
    await act(anna, "claim")
    await act(anna, "note", note=f"@Piotr {NOTE}")
    await alerts_go_out(world.office.parts)
    await act(anna, "ask", to=piotr.agent.id, note=f"{NOTE}?")
    page = await piotr.page(f"/inbox/conversations/{conversation}")
    question = page.split("panel/answer?question=")[1].split('"')[0]
    await act(piotr, f"questions/{question}/answer", note=f"{NOTE}!")
    await act(anna, "facts", name="remark", value=INSIDE)
    await act(anna, "rate", enough="no", missing=INSIDE)
    await act(anna, "reply", text=SAID, key=f"{conversation}:1")
    await act(anna, "hand_over", to=f"agent:{piotr.agent.id}", note=f"{NOTE}: yours now")
    await alerts_go_out(world.office.parts)
    await act(piotr, "labels", label=await label(world))
    await act(piotr, "reply", text=f"{SAID}, too", key=f"{conversation}:2")
    await act(piotr, "give_back", summary=INSIDE, fact="remark")
    await act(anna, "note", note=f"{NOTE}: the bot has it")


async def label(world: World) -> str:
    """One whose name is not for customers."""
    await world.anna.post("/inbox/labels", desk=DESK, name=INSIDE, colour="red")
    page = await world.anna.page("/inbox/labels")
    return page.split("/inbox/labels/")[1].split("/retire")[0]


async def mail_the_copy(world: World, browser: Browser, conversation: str) -> list[str]:
    """The transcript as the customer gets it: the page, and the mail."""
    wish = {"token": browser.token, "conversation": conversation, "desk": DESK, "language": "en"}
    async with httpx.AsyncClient(base_url=world.office.server.url, timeout=30) as http:
        page = await http.post("/widget/transcript", json=wish)
        sent = await http.post(
            "/widget/transcript", json=wish | {"to": "eve@example.com", "id": "k"}
        )
    assert (page.status_code, sent.status_code) == (200, 200), (page.text, sent.text)
    await world.office.until(lambda: bool(mails_to(world.postbox, "eve@example.com")))
    await world.telegram.says("/copy")
    in_telegram = await world.telegram.wait_for_call("sendDocument")
    files = [content.decode() for content in in_telegram.files.values()]
    mail = mails_to(world.postbox, "eve@example.com")
    for copy in ([page.text], mail, files):
        assert any(SAID in words for words in copy)
    return [page.text, *mail, *files]


async def api_pages(world: World) -> list[str]:
    """Every address of the API that is only read, for each conversation; refusals are counted."""
    program = world.program
    document = (await program.get("/openapi.json")).json()
    hooks = (await program.get("/webhooks")).json()["webhooks"]
    pages, refused = [], set()
    for there in await world.office.conversations():
        names = {
            "conversation_id": there.id,
            "customer_id": there.customer_id,
            "webhook_id": next(hook["id"] for hook in hooks if hook["url"] == world.hook),
        }
        for path in (path for path, methods in document["paths"].items() if "get" in methods):
            got = await program.get(path.format(**names))
            if got.status_code == 403:
                refused.add(path)
            else:
                assert got.status_code == 200, (path, got.text)
                pages.append(got.text)
    assert refused == {"/conversations/{conversation_id}/notes"}
    everything = await program.get("/events", params={"limit": 500})
    return [*pages, everything.text]


async def no_way_around(world: World) -> None:
    """What the token may not read it cannot have sent to it either."""
    asked = await world.program.get("/events", params={"kind": NOTE_CREATED})
    assert (asked.status_code, asked.json()["error"]["code"]) == (403, "missing_scope")
    body = {"url": world.hook, "kinds": [NOTE_CREATED]}
    assert (await world.program.post("/webhooks", json=body)).status_code == 403
    for hook in (await world.program.get("/webhooks")).json()["webhooks"]:
        place = f"/webhooks/{hook['id']}"
        changed = await world.program.patch(place, json={"kinds": [*KINDS]})
        assert changed.status_code == 403
        is_anothers = hook["url"] != world.hook
        if is_anothers:
            led = await world.program.patch(place, json={"url": world.hook})
            assert led.status_code == 403
            log = await world.program.get(f"{place}/deliveries")
            assert NOTE not in log.text


async def test_no_note_leaves_the_desk_by_any_way(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    office = world.office
    office.engine.at_once = answer(
        handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human"
    )
    async with office.server.browser(await office.server.token(DESK), desk=DESK) as browser:
        await browser.write("A person, please")
        thread = await office.slack.post(ADA, REQUESTS, "A person, please")
        await world.telegram.says(f"/start {DESK}")
        await world.telegram.says("A person, please")
        there = {channel: (await world.conversation(channel)).id for channel in CHANNELS}
        for conversation in there.values():
            await agents_talk(world, conversation)
        office.engine.at_once = answer("Here you are.", intent="it_vpn")
        await browser.write("And now?")
        while "Here you are." not in (await browser.wait_for_message("bot"))["text"]:
            pass
        await office.slack.post(ADA, REQUESTS, "And now?", thread_ts=thread)
        await world.telegram.says("And now?")
        await world.telegram.wait_for("Here you are.", chat=ANNA["id"])
        in_slack = office.slack.in_thread
        await office.slack.until(
            lambda: "Here you are." in json.dumps(in_slack(thread)), "the bot in Slack"
        )
        copies = await mail_the_copy(world, browser, there["web"])
        for conversation in there.values():
            blocked = await world.anna.act(conversation, "block", reason=INSIDE)
            assert blocked.status_code == 200, blocked.text
        await browser.write("Are you there?")
        await browser.wait_for("error")
        async with office.server.browser(browser.token, desk=DESK) as again:
            await again.send(type="fetch", after=0, conversation=there["web"])
            await again.wait_for("history")
        async with open_stream(office.server.url) as line:
            streamed = Browser(line, browser.token)
            await streamed.say_hello(desk=DESK, conversation=there["web"])
            await streamed.send(type="fetch", after=0, conversation=there["web"])
            await streamed.wait_for("history")
            frames = [*browser.received, *again.received]

    await no_way_around(world)
    pages = await api_pages(world)
    await world.office.until(lambda: sum(SAID in body for body in world.called) >= 6)
    outside = [str(call) for call in office.slack.calls if TRIAGE not in str(call.arguments)]
    chats = [str(call) for call in world.telegram.calls]
    to_customers = {
        "web": [json.dumps(frame) for frame in frames],
        "stream": [json.dumps(frame) for frame in streamed.received],
        "slack": outside,
        "telegram": chats,
        "copies": copies,
    }
    to_programs = {"api": pages, "webhook": world.called}
    await they_were_written(office)
    # There was something to tell: who may read notes is told of each.
    written = 6 * len(CHANNELS)
    await office.until(lambda: sum(NOTE in body for body in world.hears_notes) >= written)
    await agents_were_told_without_words(world, set(there.values()))
    assert NOTE not in str(office.engine.requests)
    shown = capfd.readouterr()
    assert NOTE not in shown.out + shown.err
    for way, words in {**to_customers, **to_programs}.items():
        assert any(SAID in one for one in words), f"{way}: it is looked for in the wrong place"
        assert not [one for one in words if NOTE in one], way
    for way, words in to_customers.items():
        assert not [one for one in words if INSIDE in one], way


async def agents_were_told_without_words(world: World, conversations: set[str]) -> None:
    """Each of them by mail and by push, of mentions and of what was given to them."""
    told = await told_of(world.office.parts)
    for way in ("mail", "push"):
        for kind in ("mention", "assigned"):
            assert conversations == {one for one, *what in told if what == [kind, way]}
    mails = mails_to(world.postbox, "piotr@acme.example")
    pushes = pushed(world.told[1])
    for words in (mails, pushes):
        assert sum("Anna" in one for one in words) >= len(conversations), "who mentions him"
    for one in [*mails, *pushes, *mails_to(world.postbox, "anna@acme.example")]:
        assert not [words for words in (NOTE, INSIDE, SAID) if words in one]
    assert not [one for one in pushed(world.told[0]) if NOTE in one or SAID in one]


async def they_were_written(office: Office) -> None:
    """Else nothing could leak."""
    async with office.parts.db.read() as session:
        notes = [note.text for note in await session.scalars(select(Note))]
    assert sum(NOTE in words for words in notes) == 6 * len(CHANNELS)
