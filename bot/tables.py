"""All tables in one place: importing this module defines every one of them."""

from bot.accounts import models as accounts
from bot.alerts import models as alerts
from bot.api_tokens import models as api_tokens
from bot.assignment import models as assignment
from bot.attachments import models as attachments
from bot.audit import models as audit
from bot.conversations import models as conversations
from bot.counters import models as counters
from bot.db import Base
from bot.feed import models as feed
from bot.feedback import models as feedback
from bot.filters import models as filters
from bot.handoff import models as handoff
from bot.identity import models as identity
from bot.installation import models as installation
from bot.intake import models as intake
from bot.memory import models as memory
from bot.merged import models as merged
from bot.outbox import models as outbox
from bot.queue import models as queue
from bot.records import models as records
from bot.search import models as search
from bot.survey import models as survey
from bot.targets import models as targets
from bot.timers import models as timers
from bot.transcript import models as transcript
from bot.triage import models as triage
from bot.webhooks import models as webhooks
from bot.workspaces import models as workspaces
from bot.writing import models as writing

__all__ = [
    "accounts",
    "alerts",
    "api_tokens",
    "assignment",
    "attachments",
    "audit",
    "conversations",
    "counters",
    "feed",
    "feedback",
    "filters",
    "handoff",
    "identity",
    "installation",
    "intake",
    "memory",
    "merged",
    "metadata",
    "outbox",
    "queue",
    "records",
    "search",
    "survey",
    "targets",
    "timers",
    "transcript",
    "triage",
    "webhooks",
    "workspaces",
    "writing",
]

metadata = Base.metadata
