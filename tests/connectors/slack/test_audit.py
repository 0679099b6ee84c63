"""The audit log says of what an agent does in Slack that it was done there."""

import pytest
from sqlalchemy import select

from bot.audit.acts import Act
from bot.audit.models import AuditEntry
from tests.connectors.slack.agents import asks_for_human, card, press, shows
from tests.connectors.slack.office import OLA, Office


@pytest.mark.asyncio
async def test_a_claim_by_button_is_noted_with_who_and_from_where(triage: Office) -> None:
    await asks_for_human(triage)
    post = await card(triage)
    await press(triage, OLA, post, "claim")
    await shows(triage, post, "reply")
    (conversation,) = await triage.conversations()
    async with triage.parts.db.read() as session:
        acts = select(AuditEntry).where(AuditEntry.conversation_id == conversation.id)
        (entry,) = await session.scalars(acts)
    assert (entry.act, entry.actor_name, entry.actor_id) == (
        Act.CLAIM,
        conversation.agent_name,
        conversation.agent_id,
    )
    assert (entry.address, entry.browser) == ("", "Slack")
