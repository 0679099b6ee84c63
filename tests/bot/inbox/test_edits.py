"""Agents see what a customer changed or took back."""

import pytest

from tests.inbox import Office

pytestmark = pytest.mark.asyncio


async def test_an_edit_and_a_withdrawal_are_marked(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Frst words", external_id="m1")
    await office.customer_says("My password is hunter2", external_id="m2")
    edits = office.parts.edits
    await edits.edited("web", "m1", "First words")
    await edits.withdrawn("web", "m2")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "First words" in page
    assert "Frst" not in page
    assert "hunter2" not in page
    assert page.count("Edited by the customer") == 1
    assert page.count("The customer deleted this message") == 1
