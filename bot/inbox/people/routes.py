"""Puts the pages about accounts together."""

from dataclasses import dataclass

from fastapi import APIRouter

from bot.accounts.links import Links
from bot.accounts.mails import AccountMails
from bot.accounts.oidc import Provider
from bot.accounts.people import People
from bot.accounts.provided import Provided
from bot.accounts.seal import Seal
from bot.accounts.second_factor import SecondFactors
from bot.accounts.service import Accounts
from bot.accounts.sessions import Sessions
from bot.db import Database
from bot.desks import Desks
from bot.inbox.attempts import Attempts
from bot.inbox.people.accounts import PeoplePages
from bot.inbox.people.audit import AuditPage
from bot.inbox.people.factor import FactorPages
from bot.inbox.people.own import OwnAccount
from bot.inbox.people.sso import SsoPages
from bot.inbox.people.way_in import WayIn
from bot.settings import Settings


@dataclass(frozen=True)
class PeopleRouters:
    """Where each page belongs, by who may use it."""

    own: APIRouter
    people: APIRouter
    audit: APIRouter
    everyone: APIRouter


def add_people_pages(
    db: Database,
    routers: PeopleRouters,
    *,
    accounts: Accounts,
    people: People,
    mails: AccountMails,
    attempts: Attempts,
    desks: Desks,
    settings: Settings,
) -> None:
    """Adds all of them."""
    WayIn(accounts, Links(db), mails, attempts, settings).add_open_routes(routers.everyone)
    OwnAccount(Sessions(db), people, desks).add_to(routers.own)
    seal = Seal(settings.token_key(), purpose="second factors")
    factors = FactorPages(
        SecondFactors(db, seal=seal, accounts=accounts), accounts, attempts, settings
    )
    sso = SsoPages(
        _provider(settings), _provided(db, accounts, desks, settings), attempts, settings
    )
    sso.add_open_routes(routers.everyone)
    factors.add_to(routers.own)
    factors.add_open_routes(routers.everyone)
    PeoplePages(people, mails, desks, settings).add_to(routers.people)
    AuditPage(db, people, desks).add_to(routers.audit)


def _provider(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret
    return Provider(
        settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        seal=Seal(settings.token_key(), purpose="sign-in at the provider"),
    )


def _provided(db: Database, accounts: Accounts, desks: Desks, settings: Settings) -> Provided:
    return Provided(
        db,
        accounts=accounts,
        creates=settings.oidc_create_agents,
        desks=[desk.id for desk in desks.all()],
    )
