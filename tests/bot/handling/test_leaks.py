"""Whatever agents keep, in whatever order: nothing of it reaches the customer's side.

What a channel can get from the desk is all here: messages, status, receipt, live hints, and the
copy that customers download; the mail carries that same copy.
"""

import asyncio
import tempfile
from dataclasses import asdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channel import Subscription, TranscriptWish, thread_topic
from bot.conversations.errors import Blocked
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office, open_office

SECRET = "Zebra-7"
ACTS = ("note", "mention", "ask", "fact", "rate", "label", "hand_over", "give_back", "block", "say")


async def play(office: Office, anna: AgentBrowser, piotr: AgentBrowser, acts: list[str]) -> None:
    conversation = await office.customer_says("Hello?")
    for act in acts:
        epoch = await office.epoch(conversation)
        fields: dict[str, dict[str, object]] = {
            "note": {"note": f"{SECRET} note"},
            "mention": {"note": f"@Piotr {SECRET}"},
            "ask": {"to": piotr.agent.id, "note": f"{SECRET}?"},
            "fact": {"name": "order_number", "value": SECRET},
            "rate": {"enough": "no", "missing": SECRET},
            "hand_over": {"to": f"agent:{piotr.agent.id}", "note": SECRET, "epoch": epoch},
            "give_back": {"summary": SECRET, "fact": "order_number", "epoch": epoch},
            "block": {"reason": SECRET},
            "label": {"label": "1"},
        }
        route = {"mention": "note", "fact": "facts", "label": "labels"}.get(act, act)
        if act == "say":
            try:
                conversation = await office.customer_says("Still there?")
            except Blocked:
                continue  # told so, in a text of the desk's own
        else:
            await anna.act(conversation, route, **fields[act])


async def seen_by_customer(office: Office) -> str:
    """Messages, status, receipt and copy, as the doors give them to a channel."""
    desk, thread = office.parts.frontdesk, ("web", "t1")
    status = await desk.thread_status(*thread)
    assert status is not None
    said = await desk.messages_after(*thread, status.conversation, 0)
    receipt = await office.parts.waiting_room.handoff_receipt(*thread)
    wish = TranscriptWish(status.conversation, "en", None)
    copy = await office.parts.transcripts.download(*thread, wish)
    return " ".join([str(asdict(status)), *(str(one) for one in said), str(receipt), str(copy)])


def heard(hints: Subscription) -> str:
    """What the thread's sockets were told."""
    told = []
    while not hints._queue.empty():
        told.append(str(hints._queue.get_nowait()))
    return " ".join(told)


@given(acts=st.lists(st.sampled_from(ACTS), min_size=2, max_size=8))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_agents_keep_reaches_the_customer(acts: list[str]) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_office(Path(folder)) as office:
                anna = await office.hire("Anna", desks=[DESK])
                piotr = await office.hire("Piotr", desks=[DESK])
                with office.parts.bus.subscribe([thread_topic("web", "t1")]) as hints:
                    await play(office, anna, piotr, acts)
                    told = heard(hints)
                assert "Still there?" in told or "say" not in acts or "block" in acts
                assert SECRET not in told
                assert SECRET not in await seen_by_customer(office)

    asyncio.run(story())
