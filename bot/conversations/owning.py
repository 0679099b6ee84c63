"""Who has a conversation, and what of the one before is over."""

from dataclasses import dataclass
from datetime import datetime

from bot.channel import AuthorKind
from bot.conversations.models import Conversation
from bot.conversations.state import Status, Trigger


@dataclass(frozen=True)
class Actor:
    """Who sets something off, as the timeline names them."""

    kind: AuthorKind
    name: str | None = None
    agent_id: str | None = None
    picture: str | None = None


def forget_troubles(conversation: Conversation) -> None:
    """A human had it, or has it now: what went wrong with the bot before is over."""
    conversation.misses = conversation.upsets = conversation.repeats = 0
    conversation.last_fallback = conversation.offered_intent = None


def hand_to_owner(
    conversation: Conversation, before: Status, actor: Actor, *, anew: bool = False
) -> None:
    """Names the agent who owns the conversation now, or none.

    Snoozing and waking keep theirs; `anew`: it goes from one agent to another.
    """
    if conversation.status not in (Status.WITH_AGENT, Status.SNOOZED):
        actor = Actor(actor.kind)
    elif before in (Status.WITH_AGENT, Status.SNOOZED) and not anew:
        return
    conversation.agent_id, conversation.agent_name = actor.agent_id, actor.name
    conversation.agent_picture = actor.picture


def note_given(conversation: Conversation, trigger: Trigger, actor: Actor, *, at: datetime) -> None:
    """Whether it came to its agent by another one's doing, who is to hear of it until they look.

    The customer's own word is no such gift: of that, the message tells.
    """
    if conversation.status is not Status.WITH_AGENT or actor.agent_id == conversation.agent_id:
        conversation.given_at, conversation.given_as = None, None
        conversation.given_unseen = False
    elif actor.kind is not AuthorKind.CUSTOMER:
        conversation.given_at, conversation.given_as = at, trigger.value
        conversation.given_unseen = True
