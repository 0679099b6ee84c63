"""Who may do what: four roles, each with everything that the one before may. Pure."""

from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What an agent is at the desk; the higher ones answer customers too."""

    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route of the inbox, or a scope of the API, may ask of whoever comes."""

    OWN_ACCOUNT = "own_account"  # one's own password, picture, language, sessions
    READ = "read"  # the conversations of one's desks
    WORK = "work"  # claim, answer, note, close: what answering customers needs
    DIRECT = "direct"  # other agents' work: give it to somebody, take it back
    MERGE_CUSTOMERS = "merge_customers"  # say that two are one person, or are not
    KEEP_SHARED = "keep_shared"  # what a desk shares: canned replies, macros, labels, views
    READ_AUDIT = "read_audit"  # who did what from where
    MANAGE_PEOPLE = "manage_people"  # accounts, roles, invitations
    MANAGE_ACCESS = "manage_access"  # what other programs are told: webhooks


AGENTS_OWN = frozenset({Permission.OWN_ACCOUNT, Permission.READ, Permission.WORK})
LEADS_OWN = AGENTS_OWN | {
    Permission.DIRECT,
    Permission.MERGE_CUSTOMERS,
    Permission.KEEP_SHARED,
}
MANAGERS_OWN = LEADS_OWN | {Permission.READ_AUDIT}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: AGENTS_OWN,
    Role.LEAD: LEADS_OWN,
    Role.MANAGER: MANAGERS_OWN,
    Role.ADMIN: MANAGERS_OWN | {Permission.MANAGE_PEOPLE, Permission.MANAGE_ACCESS},
}


class HasRole(Protocol):
    """An agent, as far as this file is concerned."""

    @property
    def role(self) -> Role:
        """What the agent is at the desk."""


def may(agent: HasRole, permission: Permission) -> bool:
    """Whether the agent's role includes the permission."""
    return permission in PERMISSIONS[agent.role]
