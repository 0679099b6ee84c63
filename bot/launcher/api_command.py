"""`firstline api`: tokens for other programs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from bot import migrations
from bot.api_tokens.scopes import MEANING
from bot.api_tokens.service import Tokens
from bot.clock import now
from bot.db import Database
from bot.launcher.console import console
from bot.settings import get_settings

Answer = TypeVar("Answer")
app = typer.Typer(help="Tokens for other programs (docs/api.md).", no_args_is_help=True)


@app.command("add")
def add(
    name: str,
    agent: Annotated[str, typer.Option(help="E-mail address of the account as which it acts.")],
    scope: Annotated[list[str], typer.Option(help="Repeat it; `firstline api scopes` lists them.")],
    days: Annotated[int | None, typer.Option(min=1, help="Good for so long.")] = None,
) -> None:
    """Make a token; it is shown this once."""
    token = _with_tokens(lambda tokens: tokens.add(agent, name, scope, days=days))
    console.print(f"The token of {escape(name)}, shown this once:")
    console.print(token, highlight=False, soft_wrap=True)


@app.command("list")
def show() -> None:
    """Every token, with its agent and scopes."""
    table = Table("name", "agent", "scopes", "made", "last used", "state")
    for token, agent in _with_tokens(lambda tokens: tokens.all()):
        used = token.last_used_at
        over = token.expires_at is not None and token.expires_at <= now()
        state = "revoked" if token.revoked_at else "expired" if over else "valid"
        table.add_row(
            escape(token.name),
            escape(agent.email),
            " ".join(token.scopes),
            f"{token.created_at:%Y-%m-%d}",
            f"{used:%Y-%m-%d %H:%M}" if used else "never",
            state,
        )
    console.print(table)


@app.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="Its name or id.")]) -> None:
    """It is worth nothing from now on."""
    count = _with_tokens(lambda tokens: tokens.revoke(name))
    console.print(f"Revoked: {escape(name)}" + (f" ({count} tokens)" if count > 1 else ""))


@app.command("scopes")
def scopes() -> None:
    """What a token may be good for."""
    for scope, words in MEANING.items():
        console.print(f"{scope.value:<20} {words}", highlight=False)


def _with_tokens(work: Callable[[Tokens], Awaitable[Answer]]) -> Answer:
    settings = get_settings()
    migrations.require_current(settings.database_url)

    async def carry_out() -> Answer:
        db = Database(settings.database_url)
        try:
            return await work(Tokens(db))
        finally:
            await db.close()

    return asyncio.run(carry_out())
