"""What the audit log holds, and who and where stands beside it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAX_ADDRESS = 64
MAX_BROWSER = 300


class Act(StrEnum):
    """What was done."""

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
    CUSTOMERS_MERGED = "customers_merged"
    CUSTOMERS_SPLIT = "customers_split"
    API_TOKEN_MADE = "api_token_made"  # noqa: S105 - an act
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105 - an act
    WEBHOOK_MADE = "webhook_made"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_REMOVED = "webhook_removed"
    WEBHOOK_SECRET_RENEWED = "webhook_secret_renewed"  # noqa: S105 - an act
    SAVED_REPLY_MADE = "saved_reply_made"
    SAVED_REPLY_CHANGED = "saved_reply_changed"
    SAVED_REPLY_REMOVED = "saved_reply_removed"
    SAVED_REPLIES_TAKEN_IN = "saved_replies_taken_in"
    LABEL_MADE = "label_made"
    LABEL_RETIRED = "label_retired"
    FILTER_SHARED = "filter_shared"
    FILTER_CHANGED = "filter_changed"
    FILTER_UNSHARED = "filter_unshared"
    WORKSPACE_INSTALLED = "workspace_installed"
    WORKSPACE_REMOVED = "workspace_removed"
    # To one conversation, by the names of its timeline:
    CLAIM = "claim"
    RELEASE = "release"
    RETURN_TO_BOT = "return_to_bot"
    SNOOZE = "snooze"
    WAKE = "wake"
    CLOSE = "close"
    HAND_OVER = "hand_over"
    CHANGE_DESK = "change_desk"
    MERGED = "merged"
    UNMERGED = "unmerged"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    PRIORITY_SET = "priority_set"
    LABELLED = "labelled"
    FIELDS_SET = "fields_set"
    FACT_SET = "fact_set"
    COLLEAGUE_ASKED = "colleague_asked"
    COLLEAGUE_ANSWERED = "colleague_answered"
    NOTE_CHANGED = "note_changed"
    SENT_AGAIN = "sent_again"


_ALL = tuple(Act)
ON_CONVERSATIONS = _ALL[_ALL.index(Act.CLAIM) :]
ON_OTHER_THINGS = _ALL[: _ALL.index(Act.CLAIM)]


@dataclass(frozen=True)
class Place:
    """From where: the network address and the browser's own words about itself.

    Whoever acts elsewhere than in the inbox has no address of ours to tell: the other program's
    name stands for the browser's words then.
    """

    address: str
    browser: str

    @classmethod
    def of(cls, address: str | None, browser: str | None) -> "Place":
        """Cut to what is kept."""
        return cls((address or "")[:MAX_ADDRESS], (browser or "")[:MAX_BROWSER])


COMMAND_LINE = Place("", "firstline")
SLACK = Place("", "Slack")
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
    """Who acts, and from where. Nobody: somebody who is not signed in, or the command line.

    `program` is the name of the token with which a program acts as the person.
    """

    person: Person | None = None
    place: Place = NOWHERE
    program: str | None = None


ON_COMMAND_LINE = Doer(None, COMMAND_LINE)
