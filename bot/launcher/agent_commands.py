"""`firstline agent …`: the accounts, for whoever sits at the machine.

These commands ask nobody's permission: whoever may run them can read the database anyway. They are
the way back in when no admin can sign in.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from bot import migrations
from bot.accounts.permissions import Role
from bot.accounts.pictures import change_picture
from bot.accounts.second_factor import reset_factor_of
from bot.accounts.service import FIRST_AGENT_EMAIL, Accounts
from bot.db import Database
from bot.desks import Desks
from bot.errors import BadSetting
from bot.launcher.console import console
from bot.settings import Settings, get_settings

Answer = TypeVar("Answer")
CALLED_FROM = Path.cwd()

agents = typer.Typer(help="The people who answer.", no_args_is_help=True)


@agents.command("add")
def add_agent(
    email: str,
    name: Annotated[str, typer.Option(help="As customers will see it.")],
    desk: Annotated[
        list[str] | None, typer.Option(help="A desk of theirs; repeat it, or all desks.")
    ] = None,
    role: Annotated[
        Role | None, typer.Option(help="What they may do; agent, and admin for the first account.")
    ] = None,
) -> None:
    """Create an account; prints its one-time password."""
    settings = get_settings()
    desks = Desks.load(settings.desks_file)
    chosen = [desks.get(one).id for one in desk] if desk else [each.id for each in desks.all()]
    migrations.upgrade(settings.database_url)

    async def add(accounts: Accounts) -> str:
        given = role or await accounts.usual_role()
        return await accounts.add_agent(email, name, chosen, role=given)

    password = asyncio.run(_with_accounts(settings, add))
    console.print(f"{escape(email)} can sign in at /inbox with the one-time password {password}")


@agents.command("role")
def change_role(email: str, role: Role) -> None:
    """Change what an agent may do; the way back when no admin can sign in."""

    async def change(accounts: Accounts) -> None:
        await accounts.change_role(email, role)

    settings = get_settings()
    migrations.require_current(settings.database_url)
    asyncio.run(_with_accounts(settings, change))
    console.print(f"{escape(email)} is {role.value} now.")


@agents.command("capacity")
def change_capacity(
    email: str,
    capacity: Annotated[
        int | None, typer.Argument(min=0, max=1000, help="None: as each desk says.")
    ] = None,
) -> None:
    """Say how much an agent can have at once, where a desk gives its conversations away."""

    async def change(accounts: Accounts) -> None:
        await accounts.change_capacity(email, capacity)

    settings = get_settings()
    migrations.require_current(settings.database_url)
    asyncio.run(_with_accounts(settings, change))
    told = "as each desk says" if capacity is None else str(capacity)
    console.print(f"The capacity of {escape(email)} is {told}.")


@agents.command("reset-password")
def reset_password(email: str) -> None:
    """Give an agent a new one-time password; signs them out everywhere."""

    async def reset(accounts: Accounts) -> str:
        return await accounts.reset_password(email)

    settings = get_settings()
    migrations.require_current(settings.database_url)
    password = asyncio.run(_with_accounts(settings, reset))
    console.print(f"{escape(email)} can sign in at /inbox with the one-time password {password}")


@agents.command("reset-factor")
def forget_factor(email: str) -> None:
    """Take an agent's second factor away, who lost app and codes; signs them out everywhere."""
    settings = get_settings()
    migrations.require_current(settings.database_url)
    asyncio.run(reset_factor_of(settings.database_url, email))
    console.print(f"{escape(email)} signs in with the password alone now.")


@agents.command("picture")
def picture(
    email: str,
    file: Annotated[Path | None, typer.Argument(help="PNG, JPEG or WebP; none: remove it.")] = None,
) -> None:
    """Give an agent the picture that customers see."""
    try:
        content = None if file is None else (CALLED_FROM / file).read_bytes()
    except OSError as error:
        raise BadSetting(f"{file} cannot be read: {error.strerror}.") from None

    settings = get_settings()
    migrations.require_current(settings.database_url)
    asyncio.run(change_picture(settings.database_url, email, content))
    done = "has no picture now" if content is None else "has a new picture"
    console.print(f"{escape(email)} {done}.")


@agents.command("ensure-first")
def ensure_first(
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
) -> None:
    """Create the first account of a new installation, if there is none."""
    settings = get_settings()
    desks = [desk.id for desk in Desks.load(settings.desks_file).all()]
    migrations.upgrade(settings.database_url)

    async def ensure(accounts: Accounts) -> str | None:
        return await accounts.ensure_first_agent(desks)

    password = asyncio.run(_with_accounts(settings, ensure))
    if as_json:
        sys.stdout.write(json.dumps({"email": FIRST_AGENT_EMAIL, "password": password}) + "\n")
    elif password is None:
        console.print("There are accounts already; nothing was changed.")
    else:
        console.print(f"{FIRST_AGENT_EMAIL}, one-time password {password}")


async def _with_accounts(
    settings: Settings, ask: Callable[[Accounts], Awaitable[Answer]]
) -> Answer:
    db = Database(settings.database_url)
    try:
        return await ask(Accounts(db, session_hours=settings.agent_session_hours))
    finally:
        await db.close()
