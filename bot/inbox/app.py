"""The agents' inbox: all its routes, under /inbox."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends

from bot.accounts.pictures import Pictures
from bot.accounts.presence import Presence
from bot.accounts.service import Accounts
from bot.attachments.service import Attachments
from bot.channel import RateLimit
from bot.db import Database
from bot.desks import Desks
from bot.handoff.service import Handoffs
from bot.inbox.actions import Actions
from bot.inbox.attempts import Attempts
from bot.inbox.files import Uploads
from bot.inbox.guard import HOME, Guard, InboxRoute
from bot.inbox.live import LiveStreams
from bot.inbox.pages import Pages
from bot.inbox.picture import MAX_UPLOAD_BYTES, PicturePage
from bot.inbox.screen import Screen
from bot.inbox.sign_in import SignIn
from bot.live import Bus
from bot.settings import Settings
from bot.upkeep.rules import Alarm

# Far more than the longest message in any script; a reply that is only too long is told so.
MAX_FORM_BYTES = 500_000


def inbox_router(
    db: Database,
    *,
    accounts: Accounts,
    handoffs: Handoffs,
    attachments: Attachments,
    presence: Presence,
    bus: Bus,
    desks: Desks,
    settings: Settings,
    engines_down_since: Callable[[], datetime | None],
    alarms: Callable[[], tuple[Alarm, ...]],
    sign_ins: RateLimit,
) -> APIRouter:
    """Everything but the sign-in page is behind the guard."""
    screen = Screen(db, bus, desks, engines_down_since, alarms, attachments.limits)
    streams = LiveStreams(bus=bus, presence=presence, accounts=accounts)
    sign_in = SignIn(accounts, presence, Attempts(sign_ins), settings)

    signed_in = APIRouter(
        route_class=InboxRoute,
        dependencies=[Depends(Guard(accounts).admit)],
        include_in_schema=False,
    )
    Pages(screen, streams).add_to(signed_in)
    Actions(screen, handoffs).add_to(signed_in)
    uploads = APIRouter(
        route_class=InboxRoute,
        dependencies=[Depends(Guard(accounts).admit)],
        include_in_schema=False,
    )
    Uploads(db, attachments).add_to(uploads)
    sign_in.add_to(signed_in)

    pictures = APIRouter(
        route_class=InboxRoute,
        dependencies=[Depends(Guard(accounts).admit)],
        include_in_schema=False,
    )
    PicturePage(Pictures(db)).add_to(pictures)

    everyone = APIRouter(route_class=InboxRoute, include_in_schema=False)
    sign_in.add_open_routes(everyone)

    router = APIRouter()
    router.include_router(uploads, prefix=HOME)  # which counts the bytes by itself
    router.include_router(pictures, prefix=HOME, max_body_size=MAX_UPLOAD_BYTES)
    router.include_router(signed_in, prefix=HOME, max_body_size=MAX_FORM_BYTES)
    router.include_router(everyone, prefix=HOME, max_body_size=MAX_FORM_BYTES)
    return router
