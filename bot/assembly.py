"""Which parts a desk has, and how they are wired; `bot.main` lets them run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.accounts.mails import AccountMails
from bot.accounts.people import People
from bot.accounts.permissions import Role
from bot.accounts.presence import Presence
from bot.accounts.service import Accounts
from bot.alerts.service import Alerts
from bot.api.setup import Programs
from bot.assignment.service import Assigner
from bot.assignment.setup import assigner_of
from bot.attachments.service import Attachments
from bot.attachments.setup import attachments_of
from bot.audit.acts import SLACK
from bot.availability.service import Availability
from bot.channel import Hint, OutboundMessage, Sender, desk_topic
from bot.conversations import repository
from bot.conversations.news import INBOX_TOPIC, agents_topic
from bot.conversations.outward import outbound
from bot.conversations.service import Conversations
from bot.counters.service import Counters
from bot.db import Database
from bot.desks import Desks
from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import Engine
from bot.digest.service import Digests
from bot.forgetting.service import Forgetting
from bot.frontdesk import FrontDesk
from bot.handling.parts import Handling
from bot.handoff.idle import Idle
from bot.handoff.leaving import Leaving
from bot.handoff.service import Handoffs
from bot.handoff.waiting import Waiting
from bot.handoff.waiting_room import WaitingRoom
from bot.identity.service import Identities
from bot.intake.service import Intakes
from bot.live import Bus
from bot.mail.postman import Postman
from bot.memory.service import ChannelMemories
from bot.merged.service import goes_on_as
from bot.messengers.slack import SlackMessenger, slack_of
from bot.messengers.telegram import TelegramMessenger, telegram_of
from bot.outbox.worker import LoadMessages, Outbox
from bot.queue.service import QueueWatch
from bot.routing.answers import Answers
from bot.routing.edits import Edits
from bot.routing.filled import RequestForms
from bot.routing.service import Turns
from bot.settings import Settings
from bot.shared.parts import Shared
from bot.survey.service import Surveys
from bot.targets.service import Targets
from bot.timers.worker import TimerWorker
from bot.transcript.models import TranscriptMail
from bot.transcript.service import Transcripts
from bot.transcript.worker import postman_for
from bot.triage.cards import TriageCards
from bot.triage.service import Triage
from bot.upkeep.service import Upkeep
from bot.writing.parts import Writing
from connectors.web.channel import CHANNEL as WEB
from connectors.web.sender import WebSender


@dataclass(frozen=True)
class Parts:
    """The parts of a running desk."""

    settings: Settings
    db: Database
    shared: Shared
    desks: Desks
    engine: Engine
    outbox: Outbox
    turns: Turns
    handoffs: Handoffs
    assigner: Assigner
    targets: Targets
    handling: Handling
    timers: TimerWorker
    counters: Counters
    upkeep: Upkeep
    accounts: Accounts
    people: People
    account_mails: AccountMails
    alerts: Alerts
    presence: Presence
    availability: Availability
    attachments: Attachments
    queue: QueueWatch
    waiting_room: WaitingRoom
    frontdesk: FrontDesk
    surveys: Surveys
    transcripts: Transcripts
    transcript_postman: Postman[TranscriptMail] | None
    identities: Identities
    intakes: Intakes
    triage: Triage
    triage_cards: TriageCards
    digests: Digests
    request_forms: RequestForms
    writing: Writing
    edits: Edits
    memory: ChannelMemories
    programs: Programs
    forgetting: Forgetting
    slack: SlackMessenger | None = None
    telegram: TelegramMessenger | None = None

    @property
    def bus(self) -> Bus:
        """Live hints, within this process or to all of them."""
        return self.shared.bus

    # `Any`: each sends rows of a table of its own.
    def postmen(self) -> Mapping[str, Postman[Any]]:
        """Who sends what waits to be sent, by name."""
        postmen: dict[str, Postman[Any]] = {"alerts": self.alerts.postman}
        if self.account_mails.postman is not None:
            postmen["account_mails"] = self.account_mails.postman
        if self.transcript_postman is not None:
            postmen["transcripts"] = self.transcript_postman
        return postmen


def build(
    settings: Settings, *, engine: Engine | None = None, web_sender: Sender | None = None
) -> Parts:
    """Wires the parts; opens no connection yet. Tests bring an engine or a sender of their own."""
    db = Database(settings.database_url, connections=settings.database_connections)
    shared = Shared(settings)
    bus = shared.bus
    desks = Desks.load(settings.desks_file)
    engine = engine or EnginePool(settings.engine_url, timeout=settings.engine_timeout)
    attachments = attachments_of(settings, db)
    slack = slack_of(settings, db, desks=desks, files=attachments)
    senders: dict[str, Sender] = {WEB: web_sender or WebSender(bus.publish)}
    if slack is not None:
        senders[slack.name] = slack.sender
    telegram = telegram_of(settings)
    if telegram is not None:
        senders[telegram.name] = telegram.sender
    outbox = Outbox(db, senders=senders, load=_message_loader(db))
    counters = Counters(db)
    presence = Presence(
        db,
        online=shared.online,
        patience=timedelta(minutes=settings.away_after_minutes),
        told=lambda agent: _tell_presence(bus, agent),
    )
    programs = Programs.of(settings, db)
    availability = Availability(
        {desk.id: desk.opening for desk in desks.all()},
        anyone_online=presence.anyone_online,
        tell=lambda desk, notice: bus.publish_here(Hint(desk_topic(desk), "availability", notice)),
    )
    conversations = Conversations(
        outbox=outbox,
        bus=bus,
        max_text_length=settings.max_text_length,
        deadline=lambda desk, at: availability.after_open_time(desk, at, desks.answer_within(desk)),
        count=counters.count,
        feed=programs.feed,
    )
    queue = QueueWatch(
        db, desks=[desk.id for desk in desks.all()], availability=availability, bus=bus
    )
    handoffs = Handoffs(
        db, conversations=conversations, availability=availability, queue=queue, desks=desks
    )
    leaving = Leaving(conversations=conversations, handoffs=handoffs)
    assigner, returns = assigner_of(
        db,
        conversations=conversations,
        handoffs=handoffs,
        presence=presence,
        availability=availability,
        queue=queue,
        desks=desks,
        bus=bus,
    )
    targets = Targets(
        conversations=conversations, handoffs=handoffs, availability=availability, desks=desks
    )
    conversations.watchers.append(targets)
    waiting = Waiting(conversations=conversations, handoffs=handoffs)
    idle = Idle(conversations=conversations, desks=desks)
    writing = Writing.of(settings, db, handoffs=handoffs, bus=bus)
    fire = {
        **waiting.by_kind(),
        **idle.by_kind(),
        **writing.by_kind(),
        **returns,
        **targets.by_kind(),
    }
    timers = TimerWorker(db, fire=fire, lock=repository.lock_conversation)
    answers = Answers(conversations=conversations, handoffs=handoffs)
    turns = Turns(
        db,
        engine=engine,
        conversations=conversations,
        handoffs=handoffs,
        answers=answers,
        availability=availability,
        bus=bus,
    )
    frontdesk = FrontDesk(
        db,
        desks=desks,
        conversations=conversations,
        turns=turns,
        answers=answers,
        handoffs=handoffs,
        availability=availability,
        attachments=attachments,
        bus=bus,
    )
    upkeep = Upkeep(db, conversations=conversations, handoffs=handoffs, turns=turns, bus=bus)
    accounts = Accounts(
        db,
        session_hours=settings.agent_session_hours,
        factor_roles=frozenset(map(Role, settings.factor_roles())),
    )
    account_mails = AccountMails(settings, db)
    transcripts = Transcripts.of(settings, db, desks=desks)
    handling = Handling.of(
        db,
        conversations=conversations,
        handoffs=handoffs,
        queue=queue,
        desks=desks,
        bus=bus,
        targets=targets,
    )
    alerts = Alerts(settings, db, desks=desks, presence=presence, availability=availability)
    conversations.watchers.append(alerts.booking)
    targets.near.append(alerts.booking.deadline_near)
    targets.leads_called.append(alerts.booking.escalated)
    handling.notes.naming.append(alerts.booking.mentioned)
    return Parts(
        settings,
        db,
        shared,
        desks,
        engine,
        outbox,
        turns,
        handoffs,
        assigner,
        targets,
        handling,
        timers,
        counters,
        upkeep,
        accounts,
        People(db, mails=account_mails, give_back=leaving.give_back, left=presence.signed_out),
        account_mails,
        alerts,
        presence,
        availability,
        attachments,
        queue,
        WaitingRoom(db, conversations=conversations, handoffs=handoffs, queue=queue),
        frontdesk,
        Surveys(db, conversations=conversations, days=settings.survey_days),
        transcripts,
        postman_for(settings, db, transcripts=transcripts, conversations=conversations),
        Identities(
            db,
            conversations=conversations,
            key_of=lambda desk: desks.get(desk).identity,
            joined=goes_on_as,
        ),
        Intakes(db, widget_of=lambda desk: desks.get(desk).widget),
        Triage(
            db,
            conversations=conversations,
            handoffs=handoffs,
            hand_over=handling.transfers.to_agent,
            add_note=handling.notes.add,
            presence=presence,
            attachments=attachments,
            bus=bus,
            place=SLACK,
        ),
        TriageCards(db),
        Digests(db, desks=desks),
        RequestForms(db, conversations=conversations, turns=turns),
        writing,
        Edits(db, conversations=conversations, handoffs=handoffs, turns=turns),
        ChannelMemories(db),
        programs,
        Forgetting(db, conversations=conversations, handoffs=handoffs, attachments=attachments),
        slack,
        telegram,
    )


def _tell_presence(bus: Bus, agent_id: str) -> None:
    """To whoever gives conversations away, and to the agent's own pages."""
    for topic in (INBOX_TOPIC, agents_topic(agent_id)):
        bus.publish(Hint(topic, "presence", ""))


def _message_loader(db: Database) -> LoadMessages:
    async def load(message_ids: Sequence[str]) -> dict[str, OutboundMessage]:
        async with db.read() as session:
            rows = await repository.messages_with_conversations(session, message_ids)
        return {message.id: outbound(conversation, message) for message, conversation in rows}

    return load
