"""What customers put right, on the agent's card."""

import pytest

from bot.channel import InboundMessage, LeftMessage
from tests.desk import DESK
from tests.inbox import Office


@pytest.mark.asyncio
async def test_a_corrected_fact_says_so_on_the_card(office: Office) -> None:
    anna = await office.hire()
    inbound = InboundMessage(
        channel="web",
        thread="t1",
        customer="t1",
        desk=DESK,
        external_id="t1:1",
        language="en",
        text="My parcel is broken",
    )
    room = office.parts.waiting_room
    receipt = await room.leave_message(inbound, LeftMessage("ola@exmaple.com", "Ola"))
    await room.correct("web", "t1", "email", "ola@example.com")
    page = await anna.page(f"/inbox/conversations/{receipt.conversation}")
    assert "The customer left a message and does not wait." in page
    assert "Name (as written)" in page
    assert "ola@example.com</a> <span" in page
    assert "corrected by the customer" in page
