"""The installations (`bot.channel.WorkspaceStore`): each call is one transaction."""

import hashlib

import structlog
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.channel.workspaces import Workspace
from bot.clock import now
from bot.db import Database, Transaction
from bot.workspaces import repository
from bot.workspaces.models import Installed

HEADER = {"alg": "dir", "enc": "A256GCM"}

log = structlog.get_logger()


class Workspaces:
    """Tokens are encrypted: a copy of the database alone opens no workspace."""

    def __init__(self, db: Database, *, secret: str) -> None:
        self._db = db
        self._key = OctKey.import_key(hashlib.sha256(b"workspaces " + secret.encode()).digest())

    async def find(self, channel: str, workspace: str) -> Workspace | None:
        """The installation; None where there is none, or its token cannot be read any more."""
        async with self._db.read() as session:
            row = await repository.find(session, channel, workspace)
        return None if row is None else self._read(row)

    async def all(self, channel: str) -> list[Workspace]:
        """Every installation that can be read, by name."""
        async with self._db.read() as session:
            rows = await repository.installed(session, channel)
        return [found for row in rows if (found := self._read(row)) is not None]

    async def keep(self, workspace: Workspace) -> None:
        """Installed, or installed anew."""
        row = Installed(
            channel=workspace.channel,
            workspace=workspace.id,
            name=workspace.name[:200],
            token=jwe.encrypt_compact(HEADER, workspace.token, self._key),
            bot_user=workspace.bot_user,
            bot=workspace.bot,
            scopes=",".join(workspace.scopes),
            enterprise=workspace.enterprise,
            at=now(),
        )

        async def keep(tx: Transaction) -> None:
            await repository.drop(tx.session, workspace.channel, workspace.id)
            await tx.session.merge(row)
            record(tx, Act.WORKSPACE_INSTALLED, Doer(), what=row.name)

        await self._db.attempt(keep)

    async def remove(self, channel: str, workspace: str) -> None:
        """Uninstalled."""

        async def remove(tx: Transaction) -> None:
            found = await repository.find(tx.session, channel, workspace)
            if found is not None:
                record(tx, Act.WORKSPACE_REMOVED, Doer(), what=found.name)
                await repository.drop(tx.session, channel, workspace)

        await self._db.attempt(remove)

    def _read(self, row: Installed) -> Workspace | None:
        try:
            token = jwe.decrypt_compact(row.token, self._key).plaintext
        except JoseError:
            # FIRSTLINE_TOKEN_SECRET is another one now: the workspace has to install again.
            log.warning("workspace.token_unreadable", channel=row.channel, workspace=row.workspace)
            return None
        return Workspace(
            channel=row.channel,
            id=row.workspace,
            name=row.name,
            token=(token or b"").decode(),
            bot_user=row.bot_user,
            bot=row.bot,
            scopes=tuple(row.scopes.split(",")) if row.scopes else (),
            enterprise=row.enterprise,
        )
