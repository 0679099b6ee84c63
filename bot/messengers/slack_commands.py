"""`firstline slack …`: sets the app up, and says what is wrong with it."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot import migrations
from bot.db import Database
from bot.desks import Desks
from bot.errors import BadSetting
from bot.memory.service import ChannelMemories
from bot.messengers.slack import is_set_up, keys_of
from bot.settings import get_settings
from bot.workspaces.service import Workspaces

if TYPE_CHECKING:
    from connectors.slack.findings import Finding

slack = typer.Typer(help="Employees ask in Slack (docs/slack.md).", no_args_is_help=True)


@slack.command()
def manifest(
    name: Annotated[str, typer.Option(help="What the app is called in Slack.")] = "Firstline",
    url: Annotated[
        str | None,
        typer.Option(help="The desk's public https address: events over HTTP, several workspaces."),
    ] = None,
) -> None:
    """Print the app's manifest (paste it at Slack); what each scope is for goes to stderr."""
    from connectors.slack.manifest import explained
    from connectors.slack.manifest import manifest as made

    if url is not None and not url.startswith("https://"):
        raise BadSetting("--url must begin with https://: Slack sends events nowhere else.")
    typer.echo(json.dumps(made(name=name, url=url), indent=2))
    typer.echo("\nWhat each scope is for:", err=True)
    for scope, reason in explained():
        typer.echo(f"  {scope:18} {reason}", err=True)


@slack.command()
def check(
    url: Annotated[
        str,
        typer.Option(
            help="The desk's public address, for events over HTTP (FIRSTLINE_PUBLIC_URL)."
        ),
    ] = "",
) -> None:
    """Verify tokens, scopes, channels, and that events arrive; code 1 when something is wrong.

    Posts a line in a channel of the desk for a moment, and takes it away.
    """
    if not is_set_up(get_settings()):
        raise BadSetting(
            "Slack is not set up: set FIRSTLINE_SLACK_BOT_TOKEN (docs/slack.md says where it is)."
        )
    findings = asyncio.run(_check(url))
    for finding in findings:
        typer.echo(f"{'good ' if finding.good else 'WRONG'}  {finding.what}")
        if finding.mend:
            typer.echo(f"       → {finding.mend}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)
    typer.echo("Everything is as it must be.")


async def _check(url: str) -> "list[Finding]":
    from connectors.slack.calls import Calls
    from connectors.slack.check import check
    from connectors.slack.teams import Teams

    settings = get_settings()
    await asyncio.to_thread(migrations.upgrade, settings.database_url)
    db = Database(settings.database_url)
    keys, calls = keys_of(settings), Calls(settings.slack_api_url)
    store = Workspaces(db, secret=settings.token_key())
    calls.teams = Teams(store, token=keys.bot_token, client=calls.client)
    desks = Desks.load(settings.desks_file).all()
    rules = {desk.id: desk.slack for desk in desks if desk.slack.is_used}
    try:
        asked = check(calls, keys, rules, ChannelMemories(db), url=url or settings.public_url)
        return [finding async for finding in asked]
    finally:
        await calls.close()
        await db.close()
