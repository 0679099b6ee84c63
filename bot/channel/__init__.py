"""THE contract between the desk and its channels: all that a connector may know of us."""

from bot.availability.standing import Notice
from bot.channel.afterwards import (
    Rating,
    RatingReceipt,
    SurveyDesk,
    SurveyOffer,
    TranscriptDesk,
    TranscriptFile,
    TranscriptWish,
)
from bot.channel.agents import (
    AgentAccount,
    AgentReply,
    AgentsDesk,
    CardDesk,
    Case,
    CaseEntry,
    CaseExchange,
    CaseFact,
    Digest,
    DigestDesk,
    Ended,
    OpenRequest,
    TopicCount,
    TriageCard,
)
from bot.channel.answers import AnswerDesk, Answered
from bot.channel.desk import ChannelDesk, HistoryDesk, RateLimit, Sender, WaitingDesk
from bot.channel.edits import Edit, EditDesk
from bot.channel.errors import EmptyText, Problem, RetryLater, TextTooLong, Undeliverable
from bot.channel.files import FileDesk, OpenFile
from bot.channel.forgetting import ForgetDesk
from bot.channel.forms import RequestFormDesk
from bot.channel.leases import Lease
from bot.channel.memory import ChannelMemory
from bot.channel.messages import (
    Attachment,
    Author,
    AuthorKind,
    Button,
    Card,
    EarlierPage,
    FileLimits,
    InboundMessage,
    Link,
    OutboundMessage,
    Pointer,
    Receipt,
    Standing,
    ThreadStatus,
    Upload,
)
from bot.channel.opinions import WANTS_PERSON, says_helpful
from bot.channel.people import FilledForm, FormDesk, IdentityDesk, Proof, Recognised
from bot.channel.topics import desk_topic, thread_topic
from bot.channel.troubles import (
    KNOWN_DAYS,
    TROUBLES,
    Trouble,
    read_troubles,
    written_troubles,
)
from bot.channel.waiting import HandoffReceipt, LeftMessage, PassedOnFact, PlaceInQueue
from bot.channel.workspaces import Workspace, WorkspaceStore
from bot.desk_settings.slack import SlackSettings
from bot.desk_settings.telegram import TelegramSettings
from bot.desk_settings.widget import FormField
from bot.errors import FirstlineError
from bot.gate import Busy, busy
from bot.live import Hint, Subscription
from bot.texts import supported

__all__ = [
    "KNOWN_DAYS",
    "TROUBLES",
    "WANTS_PERSON",
    "AgentAccount",
    "AgentReply",
    "AgentsDesk",
    "AnswerDesk",
    "Answered",
    "Attachment",
    "Author",
    "AuthorKind",
    "Busy",
    "Button",
    "Card",
    "CardDesk",
    "Case",
    "CaseEntry",
    "CaseExchange",
    "CaseFact",
    "ChannelDesk",
    "ChannelMemory",
    "Digest",
    "DigestDesk",
    "EarlierPage",
    "Edit",
    "EditDesk",
    "EmptyText",
    "Ended",
    "FileDesk",
    "FileLimits",
    "FilledForm",
    "FirstlineError",
    "ForgetDesk",
    "FormDesk",
    "FormField",
    "HandoffReceipt",
    "Hint",
    "HistoryDesk",
    "IdentityDesk",
    "InboundMessage",
    "Lease",
    "LeftMessage",
    "Link",
    "Notice",
    "OpenFile",
    "OpenRequest",
    "OutboundMessage",
    "PassedOnFact",
    "PlaceInQueue",
    "Pointer",
    "Problem",
    "Proof",
    "RateLimit",
    "Rating",
    "RatingReceipt",
    "Receipt",
    "Recognised",
    "RequestFormDesk",
    "RetryLater",
    "Sender",
    "SlackSettings",
    "Standing",
    "Subscription",
    "SurveyDesk",
    "SurveyOffer",
    "TelegramSettings",
    "TextTooLong",
    "ThreadStatus",
    "TopicCount",
    "TranscriptDesk",
    "TranscriptFile",
    "TranscriptWish",
    "TriageCard",
    "Trouble",
    "Undeliverable",
    "Upload",
    "WaitingDesk",
    "Workspace",
    "WorkspaceStore",
    "busy",
    "desk_topic",
    "read_troubles",
    "says_helpful",
    "supported",
    "thread_topic",
    "written_troubles",
]
