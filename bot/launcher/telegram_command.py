"""`firstline telegram …`"""

import asyncio

import typer
from rich.markup import escape

from bot.launcher.console import console
from bot.messengers.telegram import examine
from bot.settings import get_settings

telegram = typer.Typer(help="The bot in Telegram.", no_args_is_help=True)


@telegram.callback()
def _group() -> None:
    """The bot in Telegram."""


@telegram.command()
def check() -> None:
    """Say what is wrong with the set-up, and how to mend it; changes nothing."""
    findings = asyncio.run(examine(get_settings()))
    for found in findings:
        sign = "[green]ok[/green]   " if found.fine else "[red]wrong[/red]"
        console.print(f"{sign} {found.name}: {escape(found.says)}", soft_wrap=True)
        if not found.fine:
            console.print(f"      {escape(found.mend)}", soft_wrap=True)
    if not all(found.fine for found in findings):
        raise typer.Exit(1)
