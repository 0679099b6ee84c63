"""Programs are told: what, signed how, and what happens when they do not listen."""

import base64
import hashlib
import hmac
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from bot.audit.acts import Doer
from bot.clock import now
from bot.feed.models import FeedEntry
from bot.webhooks.call import Caller
from bot.webhooks.models import Webhook
from bot.webhooks.service import Change, NoSuchDesk, NoSuchKind, NoSuchWebhook, Wish
from bot.webhooks.worker import PAUSES, WebhookWorker
from tests.bot.webhooks.conftest import Caught, Receiver
from tests.desk import open_desk

pytestmark = pytest.mark.asyncio
FAR = "https://example.com/hook"


async def test_a_conversation_is_told_from_beginning_to_end(
    caught: Caught, receiver: Receiver
) -> None:
    await caught.add(receiver.url)
    desk = caught.desk
    receipt = await desk.customer_says("Where is my parcel?")
    await desk.bot_answers("On its way.")
    await desk.customer_asks_for_human()
    epoch = (await desk.conversation(receipt.conversation)).epoch
    await desk.handoffs.note(caught.agent, receipt.conversation, "A secret between us")
    await desk.handoffs.claim(caught.agent, receipt.conversation, epoch=epoch)
    await desk.handoffs.close(caught.agent, receipt.conversation, epoch=epoch + 1)
    await desk.settle()
    await caught.turn()
    bodies = sorted(receiver.bodies, key=lambda body: body["id"])
    kinds = [body["kind"] for body in bodies if body["kind"] != "message.created"]
    assert kinds == [
        "conversation.opened",
        "conversation.queued",
        "conversation.claimed",
        "conversation.closed",
    ]
    said = [body["message"]["text"] for body in bodies if body["kind"] == "message.created"]
    assert said[:2] == ["Where is my parcel?", "On its way."]
    assert bodies[0]["conversation"]["id"] == receipt.conversation
    assert "secret" not in str(receiver.got)
    assert await caught.turn() == 0, "once each"


async def test_notes_are_for_who_asks_for_them(caught: Caught, receiver: Receiver) -> None:
    await caught.add(receiver.url, "note.created")
    receipt = await caught.desk.customer_says("Hello")
    await caught.desk.handoffs.note(caught.agent, receipt.conversation, "Among us")
    await caught.turn()
    assert [body["note"]["text"] for body in receiver.bodies] == ["Among us"]


async def test_the_signature_is_the_standards(caught: Caught, receiver: Receiver) -> None:
    webhook = await caught.add(receiver.url)
    await caught.webhooks.ping(caught.agent, webhook.id)
    await caught.turn()
    headers, body = receiver.got[0]
    lower = {name.lower(): value for name, value in headers.items()}
    signed = f"{lower['webhook-id']}.{lower['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert lower["webhook-signature"] == f"v1,{mac}"
    assert abs(int(lower["webhook-timestamp"]) - now().timestamp()) < 60
    assert (await caught.log(webhook))[0].status == "delivered"


async def test_what_is_not_taken_is_tried_again_under_the_same_id(
    caught: Caught, receiver: Receiver
) -> None:
    webhook = await caught.add(receiver.url)
    receiver.answers = [(500, {}), (429, {"Retry-After": "400"}), (302, {"Location": FAR})]
    await caught.webhooks.ping(caught.agent, webhook.id)
    assert await caught.turn() == 1
    began = now()
    passed = 0.0
    for problem, pause in (("500", PAUSES[0]), ("429", 400.0), ("302", PAUSES[2])):
        row = (await caught.log(webhook))[0]
        assert problem in (row.problem or "")
        assert row.status == "waiting"
        with time_machine.travel(began + timedelta(seconds=passed + pause - 5), tick=False):
            assert await caught.turn() == 0, "not yet"
        passed += pause + 5
        with time_machine.travel(began + timedelta(seconds=passed), tick=False):
            assert await caught.turn() == 1
    row = (await caught.log(webhook))[0]
    assert (row.status, row.attempts, row.problem) == ("delivered", 4, None)
    ids = {name.lower(): value for headers, _ in receiver.got for name, value in headers.items()}
    assert len(receiver.got) == 4
    assert {h.get("webhook-id", h.get("Webhook-Id")) for h, _ in receiver.got} == {
        ids["webhook-id"]
    }


async def test_a_dead_one_is_shown_and_can_be_sent_again(
    caught: Caught, receiver: Receiver
) -> None:
    webhook = await caught.add(receiver.url)
    await caught.webhooks.ping(caught.agent, webhook.id)
    receiver.answers = [(500, {})] * (len(PAUSES) + 1)
    at = now()
    # Now and then another one gets through: the webhook as a whole is well.
    for _ in range(len(PAUSES) + 1):
        with time_machine.travel(at, tick=False):
            await caught.turn()
            async with caught.desk.db.write() as tx:
                (await tx.session.get_one(Webhook, webhook.id)).failing_since = None
        at += timedelta(hours=9)
    row = (await caught.log(webhook))[0]
    assert (row.status, row.attempts) == ("dead", len(PAUSES) + 1)
    await caught.webhooks.send_again(caught.agent, webhook.id, row.id)
    assert await caught.turn() == 1
    assert (await caught.log(webhook))[0].status == "delivered"


async def test_one_that_is_gone_or_fails_for_days_is_switched_off(
    caught: Caught, receiver: Receiver
) -> None:
    webhook = await caught.add(receiver.url)
    receiver.answers = [(410, {})]
    await caught.webhooks.ping(caught.agent, webhook.id)
    await caught.turn()
    found = await caught.webhooks.one(caught.agent, webhook.id)
    assert found.disabled_because == "410 Gone"
    await caught.webhooks.change(
        caught.agent, Doer(caught.agent), webhook.id, Change(is_active=True)
    )
    receiver.answers = [(500, {})] * 2
    await caught.webhooks.ping(caught.agent, webhook.id)
    await caught.turn()
    with time_machine.travel(now() + timedelta(days=3, minutes=1), tick=False):
        await caught.turn()
    found = await caught.webhooks.one(caught.agent, webhook.id)
    assert found.disabled_because == "HTTP 500 Internal Server Error"


async def test_who_does_not_answer_is_not_waited_for(caught: Caught, receiver: Receiver) -> None:
    webhook = await caught.add(receiver.url)
    receiver.hangs = True
    await caught.webhooks.ping(caught.agent, webhook.id)
    worker = WebhookWorker(caught.desk.db, caller=Caller(private_allowed=True, seconds=0.1))
    await worker.send_due()
    await worker._caller.close()
    assert (await caught.log(webhook))[0].problem == "no answer within 0.1 s"


async def test_two_processes_spread_each_entry_once(caught: Caught, receiver: Receiver) -> None:
    webhook = await caught.add(receiver.url)
    for _ in range(3):
        await caught.desk.customer_says("Hello")
    other = WebhookWorker(caught.desk.db, caller=Caller(private_allowed=True))
    spread = [await caught.worker.spread(), await other.spread()]
    assert spread[1] == 0
    assert len(await caught.log(webhook)) == spread[0] == 4  # opened, and three messages
    assert await other.send_due() + await caught.worker.send_due() == 4
    await other._caller.close()
    ids = [body["id"] for body in receiver.bodies]
    assert len(ids) == len(set(ids)) == 4


async def test_no_row_is_written_while_nobody_listens(caught: Caught, receiver: Receiver) -> None:
    async def entries() -> int:
        async with caught.desk.db.read() as session:
            return len((await session.scalars(select(FeedEntry))).all())

    await caught.desk.parts.programs.feed.look()
    await caught.desk.customer_says("Hello")
    assert await entries() == 0
    webhook = await caught.add(receiver.url)
    await caught.desk.customer_says("Hello again")
    assert await entries() == 1
    await caught.webhooks.change(
        caught.agent, Doer(caught.agent), webhook.id, Change(is_active=False)
    )
    await caught.desk.parts.programs.feed.look()
    await caught.desk.customer_says("And again")
    assert await entries() == 1
    with time_machine.travel(now() + timedelta(days=31)):
        assert await caught.desk.parts.programs.feed.forget_old() == 1


async def test_a_name_that_leads_inside_is_not_called(tmp_path: Path, receiver: Receiver) -> None:
    """The name passes when the webhook is made; what it leads to is looked at for each call."""
    async with open_desk(tmp_path) as desk:
        agent = await desk.add_agent()
        webhooks = desk.parts.programs.webhooks
        made = await webhooks.add(agent, Doer(agent), Wish("http://ip6-localhost:1/hook"))
        await webhooks.ping(agent, made.id)
        worker = desk.parts.programs.worker()
        await worker.send_due()
        await worker._caller.close()
        row = (await webhooks.log(agent, made.id, before=None, limit=1))[0]
    assert row.http_status is None
    assert row.problem


async def test_wrong_wishes_are_told(caught: Caught) -> None:
    with pytest.raises(NoSuchKind, match=r"conversation\.closed"):
        await caught.webhooks.add(caught.agent, Doer(caught.agent), Wish(FAR, ["everything"]))
    with pytest.raises(NoSuchDesk):
        await caught.webhooks.add(caught.agent, Doer(caught.agent), Wish(FAR, [], ["it-help"]))
    with pytest.raises(NoSuchWebhook):
        await caught.webhooks.one(caught.agent, "x")
    made = await caught.webhooks.add(caught.agent, Doer(caught.agent), Wish(FAR))
    await caught.webhooks.remove(caught.agent, Doer(caught.agent), made.id)
    with pytest.raises(NoSuchWebhook):
        await caught.webhooks.one(caught.agent, made.id)
