"""`firstline telegram check`: what is wrong with the set-up, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.texts import LANGUAGES
from connectors.telegram.client import Bots, make_bot
from connectors.telegram.commands import NAMES
from connectors.telegram.connector import Connection
from connectors.telegram.parse import ALLOWED
from connectors.telegram.webhook import PATH

TOO_MANY_WAIT = 100
ERROR_IS_OLD = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `mend`: what to do, when it is not as it should be."""

    name: str
    fine: bool
    says: str
    mend: str = ""


async def check(connection: Connection) -> list[Finding]:
    """Asks Telegram, changes nothing."""
    bot = make_bot(connection.token, api_url=connection.api_url)
    try:
        return await _look(bot, connection)
    finally:
        await bot.disconnect()


async def _look(bot: Bots, connection: Connection) -> list[Finding]:
    try:
        await bot.initialize()
    except InvalidToken:
        mend = (
            "Copy the token from @BotFather (/mybots, the bot, API Token) into "
            "FIRSTLINE_TELEGRAM_TOKEN; if it was revoked, that is the new one."
        )
        return [Finding("token", False, "Telegram does not know this token.", mend)]
    except TelegramError as error:
        mend = (
            "Look whether this machine reaches Telegram's servers (a proxy or firewall may be in "
            "between), and whether FIRSTLINE_TELEGRAM_API_URL is right if you have set it."
        )
        return [Finding("token", False, f"Telegram cannot be reached: {error}", mend)]
    try:
        return [
            _token(bot),
            *await _way(bot, connection),
            await _commands(bot),
            *_groups(bot),
        ]
    except TelegramError as error:
        again = "Run it again; if it stays, the words above are Telegram's own."
        return [_token(bot), Finding("answers", False, str(error), again)]


def _token(bot: Bots) -> Finding:
    return Finding("token", True, f"This is @{bot.username} ({bot.first_name}).")


async def _way(bot: Bots, connection: Connection) -> Sequence[Finding]:
    found = await bot.get_webhook_info()
    if connection.webhook_url:
        return _webhook(found, connection)
    waiting = Finding(
        "waiting",
        found.pending_update_count < TOO_MANY_WAIT,
        f"{found.pending_update_count} updates wait to be fetched.",
        "Is the desk running? It fetches them when it does.",
    )
    if found.url:
        mend = (
            "Start the desk: it removes the webhook. If another program needs it, that program "
            "needs a bot of its own."
        )
        return [Finding("updates", False, f"A webhook is set: {found.url}", mend), waiting]
    return [await _polling(bot), waiting]


async def _polling(bot: Bots) -> Finding:
    """Without an offset and a wait nothing is confirmed, and a running desk asks again at once."""
    try:
        await bot.raw_updates(offset=None, limit=1, wait=0, allowed=ALLOWED)
    except Conflict:
        says = "Somebody else asks for this bot's updates just now."
        mend = (
            "If that is your own running desk, all is well. If it is not running, another program "
            "uses the token: get a new one (/revoke at @BotFather) and use it here alone."
        )
        return Finding("updates", False, says, mend)
    return Finding("updates", True, "The desk asks for updates (no public address is needed).")


# `Any`: PTB's WebhookInfo.
def _webhook(found: Any, connection: Connection) -> Sequence[Finding]:
    wanted = connection.webhook_url
    if not wanted.startswith("https://") and not connection.api_url:
        mend = "Telegram brings updates over https only: put a TLS proxy in front of the desk."
        return [Finding("webhook", False, f"{wanted} is no https address.", mend)]
    if not wanted.endswith(PATH):
        mend = f"Unless your proxy changes the path, FIRSTLINE_TELEGRAM_WEBHOOK_URL ends in {PATH}."
        return [Finding("webhook", False, f"{wanted} does not end in {PATH}.", mend)]
    if found.url != wanted:
        says = f"Telegram brings updates to {found.url or 'nowhere'}, and not to {wanted}."
        return [Finding("webhook", False, says, "Start the desk: it sets the webhook.")]
    says = f"Telegram brings updates to {wanted}."
    if not found.last_error_message:
        return [Finding("webhook", True, says)]
    # Telegram tells it for ever, also when all has gone well since.
    at = found.last_error_date
    when = f"{at:%Y-%m-%d %H:%M} UTC" if at else "at a time that it does not tell"
    if at and datetime.now(UTC) - at > ERROR_IS_OLD:
        note = f"A try of {when} failed ({found.last_error_message}), and none since."
        return [Finding("webhook", True, f"{says} {note}")]
    failed = f"Telegram's last try that failed ({when}): {found.last_error_message}"
    mend = "Look whether the address is reached from outside and its certificate is good."
    return [Finding("webhook", False, failed, mend)]


async def _commands(bot: Bots) -> Finding:
    for language in LANGUAGES:
        there = [one.command for one in await bot.get_my_commands(language_code=language)]
        if there != list(NAMES):
            says = f"The command menu in “{language}” is not this version's."
            return Finding("commands", False, says, "Start the desk: it sets the menu.")
    return Finding("commands", True, f"The command menu is set in {', '.join(LANGUAGES)}.")


def _groups(bot: Bots) -> Sequence[Finding]:
    if not bot.can_join_groups:
        says = "The bot cannot be added to groups."
        mend = "If it should be: /setjoingroups at @BotFather, Enable."
        return [Finding("groups", True, f"{says} {mend}")]
    if bot.can_read_all_group_messages:
        mend = (
            "Switch privacy mode on (/setprivacy at @BotFather, Enable): mentions and replies "
            "reach the bot all the same, and other messages are no business of it."
        )
        says = "Privacy mode is off: Telegram gives the bot every message of its groups."
        return [Finding("groups", False, says, mend)]
    return [Finding("groups", True, "Privacy mode is on: in groups it sees what is meant for it.")]
