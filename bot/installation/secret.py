"""One secret for all processes: a desk with another one would refuse the others' customers.

What is kept to compare is a fingerprint, from which the secret cannot be had.
"""

import hmac

from sqlalchemy.exc import IntegrityError

from bot.db import Database
from bot.errors import BadSetting
from bot.installation import repository
from bot.installation.models import Installation

SAID = b"Firstline: which token secret is this?"


class OtherSecret(BadSetting):
    """This database or Redis is used with another secret."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"FIRSTLINE_TOKEN_SECRET: {where} is used with another secret than this program's. Set "
            "the same FIRSTLINE_TOKEN_SECRET for every service process (one that was generated "
            "stands in secrets.json in the data folder of the first). If it was changed on "
            "purpose: firstline db forget-secret"
        )


def fingerprint(secret: str) -> str:
    """64 hexadecimal digits that tell two secrets apart, and no more."""
    return hmac.digest(secret.encode(), SAID, "sha256").hex()


async def check_secret(db: Database, secret: str) -> None:
    """Keeps the fingerprint at the first start; raises OtherSecret when another one is kept."""
    mine = fingerprint(secret)
    try:
        kept = await _keep(db, mine)
    except IntegrityError:  # another process was as quick
        kept = await _keep(db, mine)
    if not hmac.compare_digest(kept, mine):
        raise OtherSecret("the database (FIRSTLINE_DATABASE_URL)")


async def forget_secret(db: Database) -> None:
    """The next desk that starts says which secret it is."""
    async with db.write() as tx:
        row = await repository.installation(tx.session)
        if row is not None:
            row.token_fingerprint = None


async def _keep(db: Database, mine: str) -> str:
    async with db.write() as tx:
        row = await repository.installation(tx.session)
        if row is None:
            row = Installation()
            tx.session.add(row)
        if row.token_fingerprint is None:
            row.token_fingerprint = mine
        return row.token_fingerprint
