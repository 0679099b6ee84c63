"""What the API gives and takes, field by field: the OpenAPI document is made from this."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from bot.conversations.state import Status

Epoch = Annotated[
    int,
    Field(
        strict=True,  # `true` is no number
        ge=0,
        le=2**31 - 1,
        description="The conversation's epoch that you have read. If it changed hands since, "
        "nothing happens and the answer is 409 stale_send.",
    ),
]


class Strict(BaseModel):
    """A field that nobody knows is a mistake that should be told."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """Why a request was refused."""

    code: str = Field(description="Stays the same whatever the language.")
    message: str = Field(description="A sentence, in the language of Accept-Language (en, pl).")
    where: list[str] = Field(default=[], description="For bad_request: the fields.")


class Refusal(BaseModel):
    """Every answer from 400 on."""

    error: Problem


class SignedOut(BaseModel):
    """What a desk's host site has signed: its own id of the user, and the account in its words."""

    desk: str
    user_id: str
    name: str | None
    email: str | None
    account: dict[str, str | float | bool]
    verified_at: datetime


class CustomerOut(BaseModel):
    """Whoever asks; `others` are customers of whom agents say that they are the same person,
    `signed` is what host sites told of any of them."""

    id: str
    channel: str
    name: str | None
    email: str | None
    phone: str | None
    language: str
    created_at: datetime
    others: list[str]
    signed: list[SignedOut]


class CustomerOfConversation(BaseModel):
    """Their id; the rest needs the scope customers:read."""

    id: str
    name: str | None


class AgentOfConversation(BaseModel):
    """The agent who owns a conversation."""

    id: str
    name: str | None


class ConversationOut(BaseModel):
    """A conversation, without its messages."""

    id: str
    desk: str
    channel: str
    language: str
    status: Status
    epoch: int
    last_seq: int
    customer: CustomerOfConversation
    agent: AgentOfConversation | None
    handoff_reason: str | None
    queued_at: datetime | None
    due_at: datetime | None
    last_customer_at: datetime | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    closed_as: str | None


class ConversationPage(BaseModel):
    """Conversations, the newest first."""

    conversations: list[ConversationOut]
    next: str | None = Field(description="Ask with it as `cursor` for what comes behind.")


class AuthorOut(BaseModel):
    """customer, bot, agent or system."""

    kind: str
    name: str | None


class FileOut(BaseModel):
    """A file. `url` is a path at this desk's address."""

    name: str
    type: str
    size: int
    url: str


class MessageOut(BaseModel):
    """What the customer sees. `seq` runs 1, 2, 3 … in each conversation."""

    seq: int
    at: datetime
    author: AuthorOut
    text: str
    attachments: list[FileOut]


class MessageList(BaseModel):
    """Messages, oldest first."""

    messages: list[MessageOut]


class NoteOut(BaseModel):
    """What agents tell each other; customers never see it."""

    id: str
    at: datetime
    author: AuthorOut
    text: str


class NoteList(BaseModel):
    """Notes, oldest first."""

    notes: list[NoteOut]


class PacketOut(BaseModel):
    """The full context that an agent gets, as the inbox's evidence card shows it."""

    # `Any`: docs/api.md describes it; its parts grow with the card.
    packet: dict[str, Any]


class AgentOut(BaseModel):
    """A human who answers."""

    id: str
    name: str
    email: str
    language: str
    desks: list[str]
    online: bool


class AgentList(BaseModel):
    """Everyone who works at a desk of the token's agent."""

    agents: list[AgentOut]


class ConversationAtEvent(BaseModel):
    """Where the conversation stood then."""

    id: str
    status: str
    epoch: int


class EventOut(BaseModel):
    """Something that happened."""

    id: int
    kind: str
    at: datetime
    desk: str
    conversation: ConversationAtEvent
    actor: AuthorOut
    # `Any`: ids, numbers and reasons, by kind.
    details: dict[str, Any]


class EventList(BaseModel):
    """Entries of the feed, in order."""

    events: list[EventOut]
    last: int = Field(description="Ask with it as `after` for what comes behind.")


class ReplyIn(Strict):
    """A message to the customer, in the name of the token's agent."""

    text: str = Field(max_length=100_000)
    epoch: Epoch


class NoteIn(Strict):
    """An internal note."""

    text: str = Field(max_length=100_000)


class MoveIn(Strict):
    """What a move needs to know."""

    epoch: Epoch


class WebhookIn(Strict):
    """Where to, and what about. No kinds: all but notes. No desks: all of the token's agent."""

    url: str = Field(max_length=2000, examples=["https://example.com/firstline"])
    kinds: list[str] = Field(default=[], max_length=50)
    desks: list[str] = Field(default=[], max_length=50)


class WebhookChange(Strict):
    """What shall be otherwise; what is left out stays."""

    url: str | None = Field(default=None, max_length=2000)
    kinds: list[str] | None = Field(default=None, max_length=50)
    active: StrictBool | None = None


class WebhookOut(BaseModel):
    """A webhook, without its secret."""

    id: str
    url: str
    kinds: list[str]
    desks: list[str]
    active: bool
    failing_since: datetime | None
    disabled_because: str | None
    created_at: datetime


class WebhookWithSecret(WebhookOut):
    """The secret is shown when it is made, and never again."""

    secret: str


class WebhookList(BaseModel):
    """The webhooks of your desks."""

    webhooks: list[WebhookOut]


class DeliveryOut(BaseModel):
    """One entry on its way: waiting, delivered or dead."""

    id: int
    kind: str
    event: int
    status: str
    attempts: int
    due_at: datetime
    http_status: int | None
    problem: str | None
    took_ms: int | None
    created_at: datetime
    finished_at: datetime | None


class DeliveryList(BaseModel):
    """The delivery log, the newest first."""

    deliveries: list[DeliveryOut]


class MeOut(BaseModel):
    """Who the token is."""

    agent: AgentOfConversation
    desks: list[str]
    scopes: list[str]
