"""What an open conversation has at all, in one question.

Most have no note's question, no label, no merge…: asked for one by one, these were half of all
trips to the database for an open page, each of which waits for its turn in a busy process.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Customer
from bot.feedback.models import Feedback
from bot.handoff.models import Correction
from bot.identity.models import Identity
from bot.intake.models import Intake
from bot.merged.models import CustomerMerge
from bot.outbox.models import Delivery
from bot.records.models import (
    AgentFact,
    Block,
    Brief,
    ConversationLabel,
    FieldValue,
    Mention,
    Merge,
)
from bot.survey.models import Survey
from bot.writing.models import Draft, HeldReply

_HERE: BindParameter[str] = bindparam("conversation")
_WHO: BindParameter[str] = bindparam("customer")
_ME: BindParameter[str] = bindparam("agent")

_QUESTIONS: dict[type[object], ColumnElement[bool]] = {
    # Of deliveries only what could not be delivered.
    Delivery: exists().where(
        Delivery.conversation_id == _HERE, Delivery.status == literal_column("'dead'")
    ),
    Feedback: exists().where(Feedback.conversation_id == _HERE),
    Intake: exists().where(
        Intake.channel == bindparam("channel"), Intake.thread == bindparam("thread")
    ),
    Correction: exists().where(Correction.conversation_id == _HERE),
    AgentFact: exists().where(AgentFact.conversation_id == _HERE),
    Identity: exists().where(Identity.customer_id == _WHO),
    # What holds now: who was taken apart again is alone.
    CustomerMerge: or_(
        exists().where(Customer.kept_id == _WHO),
        exists().where(Customer.id == _WHO, Customer.kept_id.is_not(None)),
    ),
    Survey: exists().where(Survey.conversation_id == _HERE),
    ConversationLabel: exists().where(ConversationLabel.conversation_id == _HERE),
    FieldValue: exists().where(FieldValue.conversation_id == _HERE),
    Brief: exists().where(Brief.conversation_id == _HERE),
    Mention: exists().where(Mention.conversation_id == _HERE),
    Block: exists().where(Block.customer_id == _WHO, Block.lifted_at.is_(None)),
    Merge: or_(
        exists().where(Merge.conversation_id == _HERE), exists().where(Merge.main_id == _HERE)
    ),
    Draft: exists().where(Draft.agent_id == _ME, Draft.conversation_id == _HERE),
    HeldReply: exists().where(HeldReply.conversation_id == _HERE),
}
# `Any`: as many columns as there are questions. Asked for each page, so built once.
_ASKED: Select[*tuple[Any, ...]] = select(*_QUESTIONS.values())


async def what_is_there(
    session: AsyncSession, agent: Agent, conversation: Conversation
) -> frozenset[object]:
    """The tables in which there is something about the conversation, or its customer, for the
    agent's page; others need not be asked.
    """
    asked = {
        "conversation": conversation.id,
        "customer": conversation.customer_id,
        "agent": agent.id,
        "channel": conversation.channel,
        "thread": conversation.thread,
    }
    found = (await session.execute(_ASKED, asked)).one()
    return frozenset(table for table, is_there in zip(_QUESTIONS, found, strict=True) if is_there)
