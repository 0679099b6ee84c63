"""Lets the desk run: the app, its workers, its routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.accounts.pictures import Pictures
from bot.api.app import PLACE as API
from bot.assembly import Parts, build
from bot.attachments.download import download_router
from bot.attachments.service import CLEAN_SECONDS
from bot.channel import Hint
from bot.clock import every
from bot.conversations.history import History
from bot.conversations.news import INBOX_TOPIC
from bot.counters.service import Counters
from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import Engine
from bot.errors import BadSetting, FirstlineError
from bot.health import Health, health_router
from bot.inbox.app import inbox_router
from bot.logs import configure_logs
from bot.memory.service import CLEAN_SECONDS as FORGET_SECONDS
from bot.settings import Settings, get_settings
from bot.start import check_start
from bot.texts import LANGUAGES, supported, text
from connectors.web.channel import CHANNEL as WEB
from connectors.web.channel import WebChannel
from connectors.web.connector import web_router
from connectors.web.crowd import Crowd
from connectors.web.lookout import Lookout
from connectors.web.origins import Origins
from connectors.web.pictures import picture_router
from connectors.web.stream import Streams
from connectors.web.tokens import VisitorTokens
from connectors.web.uploads import upload_router

# A day's photos at once, then one every five seconds.
UPLOADS_BURST, UPLOADS_PER_SECOND = 20, 0.2
FRONTEND = Path(__file__).parent.parent / "frontend" / "dist"

log = structlog.get_logger()


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
        try:
            await check_start(settings, parts.db)
            if slack is not None:
                await slack.check()
        except BadSetting as fault:
            app.state.refusal = fault  # said by whoever runs the server, in place of a traceback
            raise
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
        for name, postman in parts.postmen().items():
            workers[name] = asyncio.create_task(postman.run())
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
        await asyncio.gather(*(postman.stop() for postman in parts.postmen().values()))
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
        account_mails=parts.account_mails,
        alerts=parts.alerts,
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
