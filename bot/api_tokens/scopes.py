"""What a token may be good for. Pure."""

from enum import StrEnum

from bot.accounts.permissions import Permission


class Scope(StrEnum):
    """One kind of access; a token has those that it was made with, and no other."""

    READ_CONVERSATIONS = "conversations:read"
    WRITE_CONVERSATIONS = "conversations:write"
    READ_NOTES = "notes:read"
    WRITE_NOTES = "notes:write"
    READ_CUSTOMERS = "customers:read"
    READ_AGENTS = "agents:read"
    READ_EVENTS = "events:read"
    MANAGE_WEBHOOKS = "webhooks:manage"


# In English alone: for whoever reads the OpenAPI document or makes a token on a command line.
MEANING = {
    Scope.READ_CONVERSATIONS: "Read conversations, their messages and the handoff packet.",
    Scope.WRITE_CONVERSATIONS: "Reply, claim, release, return to the bot, close.",
    Scope.READ_NOTES: "Read internal notes, which customers never see.",
    Scope.WRITE_NOTES: "Write internal notes.",
    Scope.READ_CUSTOMERS: "Read who the customers are and how to reach them.",
    Scope.READ_AGENTS: "Read who works at the desks, and who is online.",
    Scope.READ_EVENTS: "Read the feed of everything that happens.",
    Scope.MANAGE_WEBHOOKS: "Set up and remove webhooks, and read what was sent.",
}

# What the role of its agent must include, today as on the day on which the token was made.
ASKS = {
    Scope.READ_CONVERSATIONS: Permission.READ,
    Scope.WRITE_CONVERSATIONS: Permission.WORK,
    Scope.READ_NOTES: Permission.READ,
    Scope.WRITE_NOTES: Permission.WORK,
    Scope.READ_CUSTOMERS: Permission.READ,
    Scope.READ_AGENTS: Permission.READ,
    Scope.READ_EVENTS: Permission.READ,
    Scope.MANAGE_WEBHOOKS: Permission.MANAGE_ACCESS,
}
