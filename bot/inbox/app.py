"""The agents' inbox: all its routes, under /inbox."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends

from bot.accounts.mails import AccountMails
from bot.accounts.people import People
from bot.accounts.permissions import Permission
from bot.accounts.pictures import Pictures
from bot.accounts.presence import Presence
from bot.accounts.service import Accounts
from bot.alerts.service import Alerts
from bot.attachments.service import Attachments
from bot.channel import RateLimit
from bot.db import Database
from bot.desks import Desks
from bot.handling.parts import Handling
from bot.handoff.service import Handoffs
from bot.inbox.actions import Actions
from bot.inbox.attempts import Attempts
from bot.inbox.bulk.acts import BulkActs
from bot.inbox.bulk.routes import BulkPanels, BulkRoutes
from bot.inbox.composer import Composer
from bot.inbox.customers.merge import MergePages
from bot.inbox.customers.page import Customers
from bot.inbox.files import Uploads
from bot.inbox.filters import Filters
from bot.inbox.guard import HOME, Guard, InboxRoute, needs, open_to_everyone
from bot.inbox.handling.panels import LabelPage, Panels
from bot.inbox.handling.routes import HandlingRoutes, LabelRoutes
from bot.inbox.live import LiveStreams
from bot.inbox.macro_acts import register_acts
from bot.inbox.pages import Pages
from bot.inbox.people.alerts import AlertPages
from bot.inbox.people.routes import PeopleRouters, add_people_pages
from bot.inbox.picture import MAX_UPLOAD_BYTES, PicturePage
from bot.inbox.presence import PresencePages
from bot.inbox.saved import Saved
from bot.inbox.screen import Screen
from bot.inbox.sign_in import SignIn
from bot.inbox.transcript import TranscriptPages
from bot.inbox.viewing import Viewing
from bot.live import Bus
from bot.settings import Settings
from bot.upkeep.rules import Alarm
from bot.writing.parts import Writing

# Far more than the longest message in any script; a reply that is only too long is told so.
MAX_FORM_BYTES = 500_000


def inbox_router(
    db: Database,
    *,
    accounts: Accounts,
    handoffs: Handoffs,
    writing: Writing,
    handling: Handling,
    attachments: Attachments,
    presence: Presence,
    bus: Bus,
    desks: Desks,
    settings: Settings,
    engines_down_since: Callable[[], datetime | None],
    alarms: Callable[[], tuple[Alarm, ...]],
    people: People,
    account_mails: AccountMails,
    alerts: Alerts,
    sign_ins: RateLimit,
) -> APIRouter:
    """Everything but the way in is behind the guard, with the permission that it needs."""
    screen = Screen(
        db,
        bus,
        desks,
        engines_down_since,
        alarms,
        attachments.limits,
        presence.standing,
        handling.notes.saw,
    )
    streams = LiveStreams(bus=bus, presence=presence, accounts=accounts)
    attempts = Attempts(sign_ins)
    sign_in = SignIn(accounts, presence, attempts, settings)

    guard = Guard(accounts)
    own, read, work = (
        behind(guard, permission)
        for permission in (Permission.OWN_ACCOUNT, Permission.READ, Permission.WORK)
    )
    Pages(screen, streams).add_to(read)
    TranscriptPages(screen).add_to(read)
    Filters(screen).add_to(read, work)
    Customers(screen).add_to(read)
    merges = behind(guard, Permission.MERGE_CUSTOMERS)
    MergePages(screen, handling.customers).add_to(merges)
    Actions(screen, handoffs, writing.drafts, handling.notes).add_to(work)
    Composer(screen, writing).add_to(work)
    Viewing(screen, writing.viewers).add_to(read)
    shared = behind(guard, Permission.KEEP_SHARED)
    register_acts(writing.saved.acts, db, handling, desks)
    saved = Saved(screen, writing.saved, writing.replies)
    saved.add_to(read)
    saved.add_changes_to(shared)
    Panels(screen, presence).add_to(read)
    HandlingRoutes(screen, handling).add_to(work)
    BulkPanels(screen, presence).add_to(read)
    BulkRoutes(screen, BulkActs(handoffs, handling)).add_to(work)
    LabelPage(screen).add_to(shared)
    LabelRoutes(handling.labels).add_to(shared)
    sign_in.add_to(own)
    PresencePages(screen, presence).add_to(own)
    alert_pages = AlertPages(alerts)
    alert_pages.add_to(own)
    uploads = behind(guard, Permission.WORK)
    Uploads(db, attachments).add_to(uploads)
    pictures = behind(guard, Permission.OWN_ACCOUNT)
    PicturePage(Pictures(db)).add_to(pictures)
    everyone = APIRouter(
        route_class=InboxRoute, dependencies=[open_to_everyone()], include_in_schema=False
    )
    sign_in.add_open_routes(everyone)
    alert_pages.add_open_routes(everyone)
    manage, audit = (
        behind(guard, permission)
        for permission in (Permission.MANAGE_PEOPLE, Permission.READ_AUDIT)
    )
    add_people_pages(
        db,
        PeopleRouters(own=own, people=manage, audit=audit, everyone=everyone),
        accounts=accounts,
        people=people,
        mails=account_mails,
        attempts=attempts,
        desks=desks,
        settings=settings,
    )

    router = APIRouter()
    router.include_router(uploads, prefix=HOME)  # which counts the bytes by itself
    router.include_router(pictures, prefix=HOME, max_body_size=MAX_UPLOAD_BYTES)
    for part in (own, read, work, merges, shared, manage, audit, everyone):
        router.include_router(part, prefix=HOME, max_body_size=MAX_FORM_BYTES)
    return router


def behind(guard: Guard, permission: Permission) -> APIRouter:
    """A router whose routes are for signed-in agents with this permission.

    A single route asks for more by `needs` in its own `dependencies`.
    """
    return APIRouter(
        route_class=InboxRoute,
        dependencies=[Depends(guard.admit), needs(permission)],
        include_in_schema=False,
    )
