"""A window that was opened over a request which is closed before it is submitted."""

import pytest

from tests.connectors.slack.agents import (
    asks_for_human,
    card,
    elements,
    hire,
    olas_case,
    press,
    submit,
    until,
)
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import ADA, OLA, REQUESTS, TRIAGE, Office
from tests.connectors.slack.test_outcomes import olas_account

pytestmark = pytest.mark.asyncio
CLOSED = "This conversation has been closed meanwhile. Nothing was sent or changed."
LATE = "Too late"


async def window(office: Office, post: Json, name: str) -> Json:
    before = len(office.slack.called("views.open"))
    await press(office, OLA, post, name)
    return dict((await office.slack.wait_for("views.open", before + 1))[-1]["view"])


async def is_closed(office: Office, post: Json) -> int:
    """Ola's other window, the inbox, closes it; how much was said then."""
    (found,) = await office.conversations()
    ola = await olas_account(office)
    if found.status == "queued":
        await office.parts.handoffs.claim(ola, found.id, epoch=found.epoch)
        (found,) = await office.conversations()
    await office.parts.handoffs.close(ola, found.id, epoch=found.epoch)
    await office.slack.until(lambda: elements(post) == {}, "a card without buttons")
    return len(await office.messages())


async def test_whoever_assigns_it_is_told_in_the_window(triage: Office) -> None:
    await asks_for_human(triage)
    post = await card(triage)
    piotr = await hire(triage, "Piotr")
    view = await window(triage, post, "assign")
    await is_closed(triage, post)
    answered = await submit(triage, OLA, view, {"selected_option": {"value": piotr.id}})
    assert answered == {"response_action": "errors", "errors": {"value": CLOSED}}
    (found,) = await triage.conversations()
    assert (found.status, found.agent_name) != ("with_agent", "Piotr")
    assert found.status == "closed"


async def test_whoever_assigns_what_a_colleague_took_is_told_who_has_it(triage: Office) -> None:
    await asks_for_human(triage)
    post = await card(triage)
    view = await window(triage, post, "assign")
    piotr, kasia = await hire(triage, "Piotr"), await hire(triage, "Kasia")
    (found,) = await triage.conversations()
    await triage.parts.handoffs.claim(piotr, found.id, epoch=found.epoch)
    answered = await submit(triage, OLA, view, {"selected_option": {"value": kasia.id}})
    assert answered["response_action"] == "errors"
    assert "Piotr has it" in answered["errors"]["value"]
    assert (await triage.conversations())[0].agent_name == "Piotr"


async def test_whoever_replies_is_told_in_the_window_and_nothing_is_sent(triage: Office) -> None:
    ts, post = await olas_case(triage)
    view = await window(triage, post, "reply")
    said = await is_closed(triage, post)
    for _ in range(2):  # what was typed is still there, and may be tried again
        answered = await submit(triage, OLA, view, {"value": LATE})
        assert answered == {"response_action": "errors", "errors": {"value": CLOSED}}
    await triage.slack.post(OLA, TRIAGE, f"!! {LATE}", thread_ts=post["ts"])
    (refused,) = await triage.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "Not sent to the customer" in refused["text"]
    await triage.nothing_under_way()
    assert len(await triage.messages()) == said
    assert LATE not in str(triage.slack.in_thread(ts))


async def test_nothing_late_reaches_the_request_that_follows_in_the_thread(triage: Office) -> None:
    ts, post = await olas_case(triage)
    view = await window(triage, post, "reply")
    await is_closed(triage, post)
    await triage.slack.post(ADA, REQUESTS, "It is back", thread_ts=ts, parent_user_id=ADA)

    async def another() -> bool:
        found = await triage.conversations()
        return [one.status for one in found] == ["closed", "queued"]

    await until(triage, another)
    answered = await submit(triage, OLA, view, {"value": LATE})
    assert answered == {"response_action": "errors", "errors": {"value": CLOSED}}
    await triage.nothing_under_way()
    assert LATE not in str(triage.slack.in_thread(ts))
    assert all(words != LATE for _, words in await triage.messages())


async def test_an_old_cards_button_is_told_the_same(triage: Office) -> None:
    await asks_for_human(triage)
    post = await card(triage)
    as_shown = post | {"blocks": list(post["blocks"])}
    await is_closed(triage, post)
    await press(triage, OLA, as_shown, "claim")
    (told,) = await triage.slack.wait_for("chat.postEphemeral", user=OLA)
    assert told["text"] == CLOSED
