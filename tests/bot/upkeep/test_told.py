"""What the promise of docs/limbo.md names is told at `/readyz` and by `firstline doctor`, each."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.accounts.models import AccountMail, LinkKind
from bot.alerts.models import AgentAlert
from bot.clock import now
from bot.conversations.models import Conversation, Message, Turn
from bot.db import Transaction
from bot.outbox.models import Delivery
from bot.transcript.models import TranscriptMail
from tests.databases import database_of
from tests.inbox import Office, open_office
from tests.unmended import has_looked

# What is named → (as /readyz calls it, as the doctor says it, how many there are).
ITEMS = {
    "conversations without owner": ("conversations_without_owner", "without owner", 2),
    "undelivered messages": ("undelivered_messages", "undelivered messages", 3),
    "dead letters": ("dead_letters", "dead letters", 4),
    "duplicates refused": ("duplicates_refused", "duplicates refused", 5),
    "stale sends refused": ("stale_sends_refused", "stale sends refused", 6),
    "account mails that nobody took": ("dead_account_mails", "account mails", 7),
    "transcripts that nobody took": ("dead_transcripts", "transcripts", 8),
    "alerts that nobody took": ("dead_alerts", "alerts not taken in the last 7 days", 9),
}
WAITS_SECONDS = 90  # the oldest waiting turn


async def get_into_trouble(office: Office) -> None:
    """So many of each."""
    await has_looked(office.parts)
    for thread in ("a", "b"):  # at a desk where nobody works
        await office.customer_says("Hello", thread=thread)
    ola = await office.hire("Ola", desks=["it-help"])
    opened = await office.customer_says("Hello", thread="it", desk="it-help")
    for key in range(6):
        stale = await ola.act(opened, "reply", text="Hi", key=str(key), epoch=0)
        assert stale.status_code == 409
    for _ in range(6):
        await office.customer_says("Once", thread="b", external_id="the same")
    await office.customer_says("Twice", thread="b")
    await office.parts.counters.flush()
    await give_up(office, ola.agent.id, opened)
    await office.parts.upkeep.check(since=now() - timedelta(hours=1))
    await office.parts.upkeep.look()
    await ola.act(opened, "claim", epoch=await office.epoch(opened))
    for number in range(7):
        epoch = await office.epoch(opened)
        await ola.act(opened, "reply", text="Hi", key=f"fresh {number}", epoch=epoch)
    await office.deliveries_are_written_down()
    await hold_up(office)


async def give_up(office: Office, agent: str, conversation: str) -> None:
    """Mails and alerts that nobody took; beside them some that were sent, and old ones."""
    async with office.parts.db.write() as tx:
        customer = (await tx.session.get_one(Conversation, conversation)).customer_id
        fates = ["dead"] * 9 + ["sent", "waiting", "dropped", "old"]
        for number, fate in enumerate(fates):
            at = now() - timedelta(days=8 if fate == "old" else 6)
            common = {
                "status": "dead" if fate == "old" else fate,
                "created_at": at,
                "due_at": now() + timedelta(hours=1),
                "finished_at": None if fate == "waiting" else at,
            }
            tx.session.add_all(
                [
                    *([AccountMail(kind=LinkKind.RESET, **common)] if number > 1 else []),
                    *([transcript(conversation, customer, number, common)] if number else []),
                    AgentAlert(
                        agent_id=agent,
                        conversation_id=conversation,
                        kind=str(number),
                        way="mail",
                        seq=1,
                        **common,
                    ),
                ]
            )


def transcript(conversation: str, customer: str, number: int, common: Any) -> TranscriptMail:
    return TranscriptMail(
        key=str(number),
        conversation_id=conversation,
        customer_id=customer,
        digest="",
        language="en",
        zone="UTC",
        last_seq=1,
        **common,
    )


async def hold_up(office: Office) -> None:
    """Deliveries that do not get through, and a turn that takes long: another process has them."""
    async with office.parts.db.write() as tx:
        ids = list(await tx.session.scalars(select(Delivery.id).order_by(Delivery.id.desc())))
        for status, some in (("waiting", ids[:3]), ("dead", ids[3:7])):
            of_them = update(Delivery).where(Delivery.id.in_(some))
            await tx.session.execute(of_them.values(status=status, holder="another"))
        message = (await tx.session.scalars(select(Message).where(Message.text == "Twice"))).one()
        tx.session.add(
            Turn(
                conversation_id=message.conversation_id,
                message_id=message.id,
                message_seq=message.seq,
                status="asking",
                epoch=1,
                attempts=1,
                created_at=now() - timedelta(seconds=WAITS_SECONDS),
            )
        )
        await tx.session.flush()
        await hold_on(tx)


async def hold_on(tx: Transaction) -> None:
    """The other process is alive."""
    until = now() + timedelta(seconds=15)
    held = Delivery.holder == "another"
    await tx.session.execute(update(Delivery).where(held).values(due_at=until))
    await tx.session.execute(update(Turn).where(Turn.status == "asking").values(leased_until=until))


async def go_on_holding(office: Office) -> None:
    while True:
        async with office.parts.db.write() as tx:
            await hold_on(tx)
        await asyncio.sleep(1)


async def let_go(office: Office) -> None:
    async with office.parts.db.write() as tx:
        await tx.session.execute(update(Delivery).values(status="delivered"))
        await tx.session.execute(update(Turn).values(status="dropped"))


def doctor(folder: Path) -> str:
    """What `firstline doctor` says of conversations, in one line."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("firstline")), "doctor"],
        env=os.environ
        | {
            "COLUMNS": "300",
            "FIRSTLINE_DATA_DIR": str(folder),
            "FIRSTLINE_DATABASE_URL": database_of(folder),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    return " ".join(done.stdout.split())


@pytest.mark.asyncio
async def test_each_item_is_told_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is repaired while we look.
    monkeypatch.setattr("bot.upkeep.service.EVERY", timedelta(hours=1))
    async with open_office(tmp_path) as office:
        await get_into_trouble(office)
        holding = asyncio.create_task(go_on_holding(office))
        async with office.browser() as http:
            ready = (await http.get("/readyz")).json()["conversations"]
        said = await asyncio.to_thread(doctor, tmp_path)
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        await let_go(office)
    assert {name: ready[key] for name, (key, _, _) in ITEMS.items()} == {
        name: count for name, (_, _, count) in ITEMS.items()
    }
    for _, words, count in ITEMS.values():
        assert f"{count} {words}" in said
    assert WAITS_SECONDS <= ready["oldest_waiting_turn_seconds"] < 10 * WAITS_SECONDS
    waits = re.search(r"oldest waiting turn ([\d.]+) s", said)
    assert waits is not None
    assert float(waits[1]) >= WAITS_SECONDS
