"""Puts the desk together. The only file that knows the connectors."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.accounts.people import People
from bot.accounts.permissions import Role
from bot.accounts.pictures import Pictures
from bot.accounts.presence import Presence
from bot.accounts.service import Accounts
from bot.api.app import PLACE as API
from bot.api.setup import Programs
from bot.assignment.service import Assigner
from bot.assignment.setup import assigner_of
from bot.attachments.download import download_router
from bot.attachments.service import CLEAN_SECONDS, Attachments
from bot.attachments.setup import attachments_of
from bot.availability.service import Availability
from bot.channel import Hint, OutboundMessage, Sender, desk_topic
from bot.clock import every
from bot.conversations import repository
from bot.conversations.history import History
from bot.conversations.outward import outbound
from bot.conversations.service import INBOX_TOPIC, Conversations, agents_topic
from bot.counters.service import Counters
from bot.db import Database
from bot.desks import Desks
from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import Engine
from bot.digest.service import Digests
from bot.errors import FirstlineError
from bot.forgetting.service import Forgetting
from bot.frontdesk import FrontDesk
from bot.handling.parts import Handling
from bot.handoff.idle import Idle
from bot.handoff.leaving import Leaving
from bot.handoff.service import Handoffs
from bot.handoff.waiting import Waiting
from bot.handoff.waiting_room import WaitingRoom
from bot.health import Health, health_router
from bot.identity.service import Identities
from bot.inbox.app import inbox_router
from bot.intake.service import Intakes
from bot.live import Bus
from bot.logs import configure_logs
from bot.memory.service import CLEAN_SECONDS as FORGET_SECONDS
from bot.memory.service import ChannelMemories
from bot.messengers.slack import SlackMessenger, slack_of
from bot.messengers.telegram import TelegramMessenger, telegram_of
from bot.outbox.worker import LoadMessages, Outbox
from bot.queue.service import QueueWatch
from bot.routing.answers import Answers
from bot.routing.edits import Edits
from bot.routing.filled import RequestForms
from bot.routing.service import Turns
from bot.settings import Settings, get_settings
from bot.shared.parts import Shared
from bot.start import check_start
from bot.survey.service import Surveys
from bot.targets.service import Targets
from bot.texts import LANGUAGES, supported, text
from bot.timers.worker import TimerWorker
from bot.transcript.service import Transcripts
from bot.transcript.worker import TranscriptMailer, mailer_for
from bot.triage.cards import TriageCards
from bot.triage.service import Triage
from bot.upkeep.service import Upkeep
from bot.writing.parts import Writing
from connectors.web.channel import CHANNEL as WEB
from connectors.web.channel import WebChannel
from connectors.web.connector import web_router
from connectors.web.crowd import Crowd
from connectors.web.lookout import Lookout
from connectors.web.origins import Origins
from connectors.web.pictures import picture_router
from connectors.web.sender import WebSender
from connectors.web.stream import Streams
from connectors.web.tokens import VisitorTokens
from connectors.web.uploads import upload_router

# A day's photos at once, then one every five seconds.
UPLOADS_BURST, UPLOADS_PER_SECOND = 20, 0.2
FRONTEND = Path(__file__).parent.parent / "frontend" / "dist"

log = structlog.get_logger()


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
    presence: Presence
    availability: Availability
    attachments: Attachments
    queue: QueueWatch
    waiting_room: WaitingRoom
    frontdesk: FrontDesk
    surveys: Surveys
    transcripts: Transcripts
    transcript_mailer: TranscriptMailer | None
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
        People(db, give_back=leaving.give_back, left=presence.signed_out),
        presence,
        availability,
        attachments,
        queue,
        WaitingRoom(db, conversations=conversations, handoffs=handoffs, queue=queue),
        frontdesk,
        Surveys(db, conversations=conversations, days=settings.survey_days),
        transcripts,
        mailer_for(settings, db, transcripts=transcripts, conversations=conversations),
        Identities(db, conversations=conversations, key_of=lambda desk: desks.get(desk).identity),
        Intakes(db, widget_of=lambda desk: desks.get(desk).widget),
        Triage(
            db,
            conversations=conversations,
            handoffs=handoffs,
            hand_over=handling.transfers.to_agent,
            add_note=handling.notes.add,
            presence=presence,
            bus=bus,
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


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> FastAPI:
    """The whole service as one ASGI app."""
    settings = settings or get_settings()
    configure_logs(settings.log_level, as_json=settings.log_json)
    parts = build(settings, engine=engine)
    slack = parts.slack.connect(parts) if parts.slack is not None else None
    telegram = parts.telegram.connect(parts) if parts.telegram is not None else None
    channel = _web_channel(parts)
    workers: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(migrations.upgrade, settings.database_url)
        await check_start(settings, parts.db)
        await parts.outbox.recover()
        await parts.turns.recover()
        workers.update(await parts.shared.start())
        workers["outbox"] = asyncio.create_task(parts.outbox.run())
        workers["turns"] = asyncio.create_task(parts.turns.run())
        workers["timers"] = asyncio.create_task(parts.timers.run())
        workers["availability"] = asyncio.create_task(parts.availability.run())
        workers["assignment"] = asyncio.create_task(parts.assigner.run())
        workers["queue"] = asyncio.create_task(parts.queue.run())
        workers["counters"] = asyncio.create_task(parts.counters.run())
        workers["attachments"] = asyncio.create_task(
            every(CLEAN_SECONDS, parts.attachments.clean, name="attachments.clean")
        )
        workers["memory"] = asyncio.create_task(
            every(FORGET_SECONDS, parts.memory.clean, name="memory.clean")
        )
        workers["lookout"] = asyncio.create_task(channel.lookout.run())
        for name, work in parts.programs.work().items():
            workers[name] = asyncio.create_task(work)
        workers["upkeep"] = asyncio.create_task(parts.upkeep.run())
        if parts.transcript_mailer is not None:
            workers["transcripts"] = asyncio.create_task(parts.transcript_mailer.run())
        if isinstance(parts.engine, EnginePool):
            parts.engine.on_change = lambda: parts.bus.publish(Hint(INBOX_TOPIC, "engines", ""))
            workers["engines"] = asyncio.create_task(parts.engine.run())
        if slack is not None:
            await slack.start()
        if telegram is not None:
            await telegram.start()
        yield
        if slack is not None:
            await slack.take_no_more()
        if telegram is not None:
            await telegram.take_no_more()
        await parts.turns.stop()
        await parts.outbox.stop()
        await parts.shared.flush()
        for worker in workers.values():
            worker.cancel()
        await asyncio.gather(*workers.values(), return_exceptions=True)
        if parts.transcript_mailer is not None:
            await parts.transcript_mailer.stop()
        await _flush(parts.counters)
        if slack is not None:
            await slack.stop()
        if telegram is not None:
            await telegram.stop()
        await parts.shared.close()
        await parts.engine.close()
        await parts.db.close()

    app = FastAPI(title="Firstline", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.parts, app.state.lookout = parts, channel.lookout
    health = Health(parts.db, engine=parts.engine, shared=parts.shared, workers=workers)
    app.include_router(health_router(health))
    streams = Streams(channel)
    app.state.stop_streams = streams.stop
    app.include_router(_web(parts, streams))
    if slack is not None:
        app.state.slack = slack
        app.include_router(slack.router())
    if telegram is not None:
        app.state.telegram = telegram
        app.include_router(telegram.router())
    app.include_router(download_router(parts.attachments))
    app.include_router(_inbox(parts))
    app.mount(
        API,
        parts.programs.app(shared=parts.shared, handoffs=parts.handoffs, presence=parts.presence),
    )
    _serve_pages(app)
    app.add_exception_handler(FirstlineError, _refusal)
    return app


async def _flush(counters: Counters) -> None:
    try:
        await counters.flush()
    except SQLAlchemyError as error:
        log.warning("counters.lost", problem=type(error).__name__)


def _web_channel(parts: Parts) -> WebChannel:
    settings = parts.settings
    return WebChannel(
        desk=parts.frontdesk,
        tokens=VisitorTokens(settings.token_key(), days=settings.visitor_token_days),
        limit=parts.shared.rate_limit(
            "messages", burst=settings.messages_burst, per_second=settings.messages_per_second
        ),
        crowd=Crowd(settings.max_sockets),
        lookout=Lookout(History(parts.db), channel=WEB),
        text_limit=settings.max_text_length,
        survey=parts.surveys,
        transcripts=parts.transcripts,
        waiting=parts.waiting_room,
        bot_words={language: text("handoff.wants_bot", language) for language in LANGUAGES},
        identity=parts.identities,
        history=History(parts.db),
        form=parts.intakes,
        human_words={language: text("handoff.wants_human", language) for language in LANGUAGES},
        origins=Origins({desk.id: desk.widget.allowed_domains for desk in parts.desks.all()}),
    )


def _web(parts: Parts, streams: Streams) -> APIRouter:
    public = {desk.id: desk.widget.public(desk.name) for desk in parts.desks.all()}
    router = web_router(streams, settings=public, script=FRONTEND / "widget.js")
    limit = parts.shared.rate_limit("uploads", burst=UPLOADS_BURST, per_second=UPLOADS_PER_SECOND)
    router.include_router(upload_router(streams.channel, limit=limit))
    router.include_router(picture_router(Pictures(parts.db).content))
    return router


def _inbox(parts: Parts) -> APIRouter:
    engine = parts.engine
    attempts = parts.settings.sign_in_attempts_per_minute
    return inbox_router(
        parts.db,
        accounts=parts.accounts,
        handoffs=parts.handoffs,
        writing=parts.writing,
        handling=parts.handling,
        attachments=parts.attachments,
        presence=parts.presence,
        bus=parts.bus,
        desks=parts.desks,
        settings=parts.settings,
        alarms=lambda: parts.upkeep.alarms,
        engines_down_since=lambda: engine.down_since if isinstance(engine, EnginePool) else None,
        people=parts.people,
        sign_ins=parts.shared.rate_limit("sign-in", burst=attempts, per_second=attempts / 60.0),
    )


def _serve_pages(app: FastAPI) -> None:
    """The demo shop at `/`, the demo intranet at `/it`, and the inbox's assets."""

    @app.get("/", include_in_schema=False)
    async def demo_shop(request: Request) -> FileResponse:
        return FileResponse(_in_language("index", request))

    @app.get("/it", include_in_schema=False)
    async def demo_intranet(request: Request) -> FileResponse:
        return FileResponse(_in_language("it", request))

    app.mount("/demo", StaticFiles(directory=FRONTEND / "demo", check_dir=False), name="demo")
    app.mount("/assets", StaticFiles(directory=FRONTEND / "inbox", check_dir=False), name="assets")


def _in_language(page: str, request: Request) -> Path:
    """A demo page as `?lang=` or the browser wants it."""
    wish = request.query_params.get("lang") or request.headers.get("accept-language")
    language = supported(wish)
    return FRONTEND / "demo" / (f"{page}.html" if language == "en" else f"{page}.{language}.html")


async def _refusal(request: Request, fault: Exception) -> Response:
    """A refusal as JSON; pages that want another form catch it themselves."""
    if not isinstance(fault, FirstlineError):
        raise fault
    language = request.headers.get("accept-language", "en")
    body = {"error": {"code": fault.code, "message": fault.message(language)}}
    return JSONResponse(body, fault.status)


def _message_loader(db: Database) -> LoadMessages:
    async def load(message_ids: Sequence[str]) -> dict[str, OutboundMessage]:
        async with db.read() as session:
            rows = await repository.messages_with_conversations(session, message_ids)
        return {message.id: outbound(conversation, message) for message, conversation in rows}

    return load
