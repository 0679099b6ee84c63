"""Is the desk alive, and can it work: `/healthz` and `/readyz`."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.clock import now
from bot.db import Database
from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import Engine
from bot.shared.parts import Shared
from bot.upkeep.signs import read_signs, report


class Health:
    """Asks every part for its state, by name."""

    def __init__(
        self,
        db: Database,
        *,
        engine: Engine,
        shared: Shared,
        workers: Mapping[str, asyncio.Task[None]],
    ) -> None:
        self._db = db
        self._shared = shared
        self._engine = engine
        self._workers = workers

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """(the desk can serve, part → state)."""
        parts = {
            "database": await self._database_state(),
            "migrations": await self._migration_state(),
            "workers": self._worker_state(),
        }
        ready = all(part["ok"] for part in parts.values())
        # These are told, and do not count: without an engine customers come to people, without
        # Redis each process goes on alone, and what is wrong with conversations is an alarm in the
        # inbox. To take every desk out of service for it would be the outage that it is not.
        more = {
            "engine": await self._engine_state(),
            "redis": self._shared.state(),
            "conversations": await self._signs(),
        }
        return ready, {"ready": ready, **parts, **more}

    async def _engine_state(self) -> dict[str, Any]:
        model = await self._engine.model_id()
        state: dict[str, Any] = {"ok": model is not None, "model": model}
        if isinstance(self._engine, EnginePool):
            since = self._engine.down_since
            state |= {"engines": self._engine.report(), "down_since": since and since.isoformat()}
        return state

    async def _database_state(self) -> dict[str, Any]:
        try:
            async with self._db.read() as session:
                await session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            return {"ok": False, "problem": type(error).__name__}
        return {"ok": True, "kind": self._db.url.get_backend_name()}

    async def _migration_state(self) -> dict[str, Any]:
        url = self._db.url.render_as_string(hide_password=False)
        try:
            current, wanted = await asyncio.to_thread(migrations.versions, url)
        except (SQLAlchemyError, OSError) as error:
            return {"ok": False, "problem": type(error).__name__}
        return {"ok": current == wanted, "version": current, "wanted": wanted}

    def _worker_state(self) -> dict[str, Any]:
        states = {
            name: "stopped" if task.done() else "running" for name, task in self._workers.items()
        }
        return {"ok": all(state == "running" for state in states.values()), **states}

    async def _signs(self) -> dict[str, Any]:
        try:
            async with self._db.read() as session:
                return report(await read_signs(session, at=now()), at=now())
        except (SQLAlchemyError, OSError):
            return {}


def health_router(health: Health) -> APIRouter:
    """The two routes that load balancers and people ask."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        ready, report = await health.report()
        return JSONResponse(report, 200 if ready else 503)

    return router
