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
    assert "hunter2" not in page
    assert page.count("Edited by the customer") == 1
    assert page.count("The customer deleted this message") == 1


async def test_agents_see_what_a_message_said_before_until_it_is_deleted(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Order <b>10482</b>", external_id="m1")
    edits = office.parts.edits
    await edits.edited("web", "m1", "Order 10483, card 4111 1111 1111 1111")
    await edits.edited("web", "m1", "Order 10484")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert page.count("What it said before") == 1
    before, after = page.index("Order &lt;b&gt;10482&lt;/b&gt;"), page.index("Order 10483")
    assert page.index("Order 10484") < before < after
    assert "4111" not in page
    await edits.withdrawn("web", "m1")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "10482" not in page
    assert "What it said before" not in page


async def test_of_a_message_that_is_changed_again_and_again_the_newest_versions_are_kept(
    office: Office,
) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("version 0.", external_id="m1")
    for number in range(1, 13):
        await office.parts.edits.edited("web", "m1", f"version {number}.")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "version 1." not in page
    assert all(f"version {number}." in page for number in range(2, 13))
