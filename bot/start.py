"""What must be right before a desk may start; each fault is a sentence that names its setting."""

import asyncio

from bot import migrations
from bot.db import Database
from bot.installation.secret import OtherSecret, check_secret, fingerprint, forget_secret
from bot.redis_url import redis_place
from bot.settings import Settings
from bot.shared.check import check_redis, forget_fingerprint, kept_fingerprint


def prepare(settings: Settings) -> None:
    """For commands: brings the database to this program's version; raises BadSetting."""
    migrations.upgrade(settings.database_url)
    asyncio.run(_with_database(settings))


async def check_start(settings: Settings, db: Database) -> None:
    """For the desk itself, on a database of this program's version; raises BadSetting."""
    secret = settings.token_key()
    url, prefix = settings.redis_url, settings.redis_prefix
    if url:
        await check_redis(url, prefix=prefix)
    await check_secret(db, secret)
    if url:
        mine = fingerprint(secret)
        if await kept_fingerprint(url, prefix=prefix, mine=mine) != mine:
            place = f"{redis_place(url)} under FIRSTLINE_REDIS_PREFIX={prefix}"
            raise OtherSecret(f"the Redis at {place}")


async def forget(settings: Settings, db: Database) -> None:
    """After the secret was changed on purpose."""
    await forget_secret(db)
    if settings.redis_url:
        await forget_fingerprint(settings.redis_url, prefix=settings.redis_prefix)


async def _with_database(settings: Settings) -> None:
    db = Database(settings.database_url)
    try:
        await check_start(settings, db)
    finally:
        await db.close()
