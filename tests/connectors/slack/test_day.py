"""A day at the IT desk: 30 employees, Anna in the inbox, Ola only in Slack."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Message
from bot.dialogue.turn import TurnAnswer, TurnRequest
from bot.outbox.models import Delivery
from bot.triage.models import TriageCardRow
from tests.connectors.slack.agents import AGENTS, elements, hire, press, shows, submit, until
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import OLA, REQUESTS, TRIAGE, Office, actions_of, open_office
from tests.desk import answer

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300), pytest.mark.real_patience]
EMPLOYEES = [f"U1{number:02}" for number in range(30)]
EASY, BY_COMMAND, DIRECT, HARD, LUNCH = (
    EMPLOYEES[:18],
    EMPLOYEES[18:20],
    EMPLOYEES[20],
    EMPLOYEES[21:29],
    EMPLOYEES[29],
)
SECRET = "between us"


async def brain(request: TurnRequest) -> TurnAnswer:
    """Knows about VPN; everything else is a person's."""
    if "VPN" in (request.text or ""):
        return answer("Restart the VPN.", intent="it_vpn", answered="utter_it_vpn")
    return answer(handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human")


@pytest_asyncio.fixture
async def office(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    slack.again_after = 3.0  # as Slack does with what it has no answer to by then
    async with open_office(slack, tmp_path, desks=AGENTS, undo_send_seconds=0) as running:
        running.engine.ask = brain  # type: ignore[method-assign]
        for number, user in enumerate(EMPLOYEES):
            polish = {"locale": "pl-PL"} if number % 3 == 0 else {}
            slack.add_user(user, f"Person{number} Employee", **polish)
        await hire(running, "Ola")
        yield running


class Inbox:
    """Anna's browser: forms and pages, over HTTP."""

    def __init__(self, http: httpx.AsyncClient, csrf: str) -> None:
        self._http = http
        self._csrf = csrf

    async def act(self, conversation: Conversation, action: str, **fields: object) -> None:
        response = await self._http.post(
            f"/inbox/conversations/{conversation.id}/{action}",
            data={"csrf": self._csrf, "epoch": conversation.epoch, **fields},
            headers={"HX-Request": "true", "Origin": str(self._http.base_url).rstrip("/")},
        )
        assert response.status_code == 200, response.text


async def annas_inbox(office: Office, http: httpx.AsyncClient) -> Inbox:
    parts = office.parts
    password = await parts.accounts.add_agent("anna@acme.example", "Anna", ["it-help"])
    async with parts.db.write() as tx:
        await tx.session.execute(update(Agent).values(must_change_password=False))
    token = await parts.accounts.sign_in("anna@acme.example", password)
    who = await parts.accounts.who(token)
    assert who is not None
    http.cookies.set("firstline_session", token)
    return Inbox(http, who.csrf)


async def everybody_asks(office: Office) -> dict[str, str]:
    """The threads of those who wrote in the channel, by who wrote."""
    slack, threads = office.slack, {}
    for user in EASY:
        threads[user] = await slack.post(user, REQUESTS, f"VPN is slow, says {user}")
    for user in BY_COMMAND:
        await slack.command(user, "/ithelp", f"VPN again, says {user}", REQUESTS)
    await slack.post(DIRECT, f"D{DIRECT[1:]}", "VPN, directly")
    for user in HARD:
        threads[user] = await slack.post(user, REQUESTS, f"The office of {user} burns")
    threads[LUNCH] = await slack.post(LUNCH, REQUESTS, "Lunch, anyone?")
    return threads


async def conversation_of(office: Office, ts: str) -> Conversation:
    return next(c for c in await office.conversations() if c.thread.endswith(f":{ts}"))


async def card_of(office: Office, ts: str) -> Json:
    """The card of a request, once it is there with the beginning of its thread."""
    conversation = await conversation_of(office, ts)

    async def message() -> str | None:
        async with office.parts.db.read() as session:
            row = await session.get(TriageCardRow, conversation.id)
        return None if row is None or not row.seq else row.message

    found = office.slack.find(TRIAGE, await until(office, message))
    assert found is not None
    return found


async def ola_helps(office: Office, ts: str, number: int) -> None:
    """Takes it, notes something, replies by the window or by the prefix, closes it."""
    slack, post = office.slack, await card_of(office, ts)
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply")
    await slack.post(OLA, TRIAGE, f"{SECRET}: he always says so", thread_ts=post["ts"])
    if number % 2:
        await slack.post(OLA, TRIAGE, "!! I bring an extinguisher", thread_ts=post["ts"])
    else:
        before = len(slack.called("views.open"))
        await press(office, OLA, post, "reply")
        view = (await slack.wait_for("views.open", before + 1))[-1]["view"]
        assert await submit(office, OLA, view, {"value": "I bring an extinguisher"}) == {}
    await slack.until(lambda: "extinguisher" in json.dumps(slack.in_thread(ts)), "the reply")
    await press(office, OLA, post, "close")
    await slack.until(lambda: elements(post) == {}, "closed")


async def anna_helps(office: Office, inbox: Inbox, ts: str) -> None:
    """The same in the inbox; the card says so."""
    slack, post = office.slack, await card_of(office, ts)
    await inbox.act(await conversation_of(office, ts), "claim")
    await slack.until(lambda: "Anna has it" in json.dumps(post["blocks"]), "whose it is")
    taken = await conversation_of(office, ts)
    await inbox.act(taken, "note", note=f"{SECRET}: not again")
    await inbox.act(taken, "reply", text="The firemen are coming", key=ts)
    await slack.until(lambda: "firemen" in json.dumps(slack.in_thread(ts)), "the reply")
    await slack.until(
        lambda: "not again" in json.dumps(slack.in_thread(post["ts"])), "the note on the card"
    )
    await inbox.act(await conversation_of(office, ts), "close")
    await slack.until(lambda: elements(post) == {}, "closed")


async def test_a_day(office: Office) -> None:
    slack = office.slack
    async with httpx.AsyncClient(base_url=office.server.url, timeout=60) as http:
        inbox = await annas_inbox(office, http)
        threads = await everybody_asks(office)

        async def all_are_there() -> bool:
            return len(await office.conversations()) == len(EMPLOYEES)

        await until(office, all_are_there)
        for user in EASY:
            posts = await slack.wait_for_posts(threads[user], 2)
            if int(user[1:]) % 2:
                await slack.press(user, dict(posts[-1]), _solved(posts[-1]))
        for number, user in enumerate(HARD):
            if number < 4:
                await ola_helps(office, threads[user], number)
            else:
                await anna_helps(office, inbox, threads[user])
        await press(office, OLA, await card_of(office, threads[LUNCH]), "not_a_request")
        await the_evening(office, threads)


def _solved(post: Json) -> Json:
    titles = actions_of(post)
    return titles.get("Solved") or titles["Rozwiązane"]


async def the_evening(office: Office, threads: dict[str, str]) -> None:
    """Everybody was helped, once, by whoever it says; nothing waits and nothing leaked."""
    slack = office.slack

    async def is_quiet() -> bool:
        due = await office.parts.triage_cards.due({"it-help": f"T0FIRST:{TRIAGE}"})
        async with office.parts.db.read() as session:
            waiting = list(
                await session.scalars(select(Delivery).where(Delivery.status != "delivered"))
            )
        return not due and not waiting and slack.is_all_acknowledged()

    await until(office, is_quiet)
    found = await office.conversations()
    assert len(found) == len(EMPLOYEES)
    by_status = {c.thread: (c.status.value, c.closed_as) for c in found}
    solved = sum(status == ("closed", "by_customer") for status in by_status.values())
    assert solved == sum(int(user[1:]) % 2 for user in EASY)
    for number, user in enumerate(HARD):
        conversation = await conversation_of(office, threads[user])
        assert (conversation.status.value, conversation.closed_as) == ("closed", "done")
        async with office.parts.db.read() as session:
            replies = await session.scalars(
                select(Message).where(
                    Message.conversation_id == conversation.id, Message.author_kind == "agent"
                )
            )
            names = [message.author_name for message in replies]
        assert names == ["Ola" if number < 4 else "Anna"]
    assert (await conversation_of(office, threads[LUNCH])).closed_as == "no_request"
    cards = [p for p in slack.posts if p["channel"] == TRIAGE and not p.get("thread_ts")]
    assert len(cards) == len(HARD) + 1, "one for each handoff"
    elsewhere = [p for p in slack.posts if p["channel"] != TRIAGE]
    assert SECRET not in json.dumps(elsewhere)
    assert SECRET in json.dumps([p for p in slack.posts if p["channel"] == TRIAGE])
    unfurled = [
        said
        for said in slack.called("chat.postMessage")
        if (said.get("unfurl_links"), said.get("unfurl_media")) != ("false", "false")
    ]
    assert unfurled == [], "no link is unfurled, whoever's words it stands in"
