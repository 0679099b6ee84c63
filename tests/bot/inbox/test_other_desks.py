"""Every route that names a conversation or a customer × an agent of another desk: there is none.

The routes are the router's own, so that a new one is walked without being listed here.
"""

import pytest
from sqlalchemy import func, select

from bot.accounts.permissions import Role
from bot.conversations.models import Event, Note
from tests.inbox import AgentBrowser, Office
from tests.routes import Names, closed_routes

pytestmark = pytest.mark.asyncio
SECRET = "Zebra-7 is late"
# What a form of some route may hold: enough for each to get past its own fields.
FIELDS = {
    **{"text": "x", "note": "x", "key": "k", "name": "x", "value": "x", "summary": "x"},
    **{"reason": "x", "until": "hour", "seq": "1", "priority": "urgent", "enough": "yes"},
    **{"to": "desk:it-help", "label": "1", "kind": "reply", "version": ""},
}


async def stored(office: Office, conversation: str) -> tuple[object, ...]:
    """What any act would change."""
    found = await office.conversation(conversation)
    async with office.parts.db.read() as session:
        events = select(func.count()).select_from(Event).where(Event.conversation_id == found.id)
        notes = select(func.count()).select_from(Note)
        counted = await session.scalar(events), await session.scalar(notes)
    return found.status, found.epoch, found.last_seq, found.priority, found.desk, *counted


async def answered(who: AgentBrowser, method: str, path: str, epoch: int) -> tuple[int, str]:
    form = FIELDS | {"csrf": who.csrf, "epoch": str(epoch)} if method == "POST" else None
    response = await who.http.request(method, path, data=form)
    return response.status_code, response.text


@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMIN])
async def test_another_desks_conversation_and_customer_are_nobodys(
    office: Office, role: Role
) -> None:
    anna = await office.hire()
    stranger = await office.hire("Zoe", ["it-help"], role=role)
    conversation = await office.customer_says(SECRET)
    await anna.act(conversation, "note", note=SECRET)
    there = await office.conversation(conversation)
    names = Names(
        conversation_id=conversation,
        customer_id=there.customer_id,
        other_id=there.customer_id,
        seq="1",
    )
    before, walked = await stored(office, conversation), 0
    for method, route in sorted(closed_routes(office)):
        if "{conversation_id}" not in route and "{customer_id}" not in route:
            continue
        walked += 1
        status, words = await answered(stranger, method, route.format_map(names), there.epoch)
        # An agent's role may be too low for a customer's route; a form may lack what only it asks.
        assert status in (403, 404, 422), f"{method} {route}: {status}"
        assert method == "POST" or status in (403, 404), f"{method} {route}: {status}"
        assert SECRET not in words, f"{method} {route}"
        assert await stored(office, conversation) == before, f"{method} {route}"
    assert walked > 45
