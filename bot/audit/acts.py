"""What the audit log holds, and who and where stands beside it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAX_ADDRESS = 64
MAX_BROWSER = 300


class Act(StrEnum):
    """What was done. What happens to conversations is in their own timelines."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    OTHER_SESSIONS_ENDED = "other_sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an act
    RESET_LINK_MADE = "reset_link_made"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - an act
    AGENT_ADDED = "agent_added"
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    AGENT_CHANGED = "agent_changed"
    AGENT_DISABLED = "agent_disabled"
    AGENT_ENABLED = "agent_enabled"
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    FACTOR_RESET = "factor_reset"
    FACTOR_FAILED = "factor_failed"
    BACKUP_CODES_MADE = "backup_codes_made"
    BACKUP_CODE_USED = "backup_code_used"
    API_TOKEN_MADE = "api_token_made"  # noqa: S105 - an act
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105 - an act
    WEBHOOK_MADE = "webhook_made"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_REMOVED = "webhook_removed"


@dataclass(frozen=True)
class Place:
    """From where: the network address and the browser's own words about itself."""

    address: str
    browser: str

    @classmethod
    def of(cls, address: str | None, browser: str | None) -> "Place":
        """Cut to what is kept."""
        return cls((address or "")[:MAX_ADDRESS], (browser or "")[:MAX_BROWSER])


COMMAND_LINE = Place("", "firstline")
NOWHERE = Place("", "")


class Person(Protocol):
    """An agent, as far as the log is concerned."""

    @property
    def id(self) -> str:
        """Its UUID."""

    @property
    def name(self) -> str:
        """As colleagues know them; kept beside the id, because names change."""


@dataclass(frozen=True)
class Doer:
    """Who acts, and from where. Nobody: somebody who is not signed in, or the command line."""

    person: Person | None = None
    place: Place = NOWHERE


ON_COMMAND_LINE = Doer(None, COMMAND_LINE)
