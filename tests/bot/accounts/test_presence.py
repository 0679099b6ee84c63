"""Who is online, as several processes see it, with Redis and while it is away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.accounts import presence as presence_module
from bot.accounts.models import Agent
from bot.accounts.presence import Presence
from bot.shared import online
from bot.shared.parts import Shared
from tests.bot.shared.processes import link_of, two_processes, until
from tests.desk import DESK, TestDesk, open_desk
from tests.redis_server import OwnRedis, RedisPlace, client

pytestmark = pytest.mark.asyncio


@dataclass
class Two:
    """Two processes on one database, and an agent of theirs."""

    desk: TestDesk
    one: Presence
    two: Presence
    links: tuple[Shared, Shared]
    anna: Agent

    async def agree(self) -> bool:
        """What both say, asked anew."""
        self.one._asked_at = self.two._asked_at = None
        here, there = await self.one.anyone_online(DESK), await self.two.anyone_online(DESK)
        assert here is there
        return here

    async def seen_in_database(self) -> bool:
        async with self.desk.db.read() as session:
            return (await session.get_one(Agent, self.anna.id)).last_seen_at is not None


@asynccontextmanager
async def two(folder: Path, redis: RedisPlace) -> AsyncIterator[Two]:
    async with open_desk(folder) as desk, two_processes(redis) as both:
        first, second = (Presence(desk.db, online=shared.online) for shared in both)
        yield Two(desk, first, second, both, await desk.add_agent())


async def test_every_process_knows_and_the_database_is_not_written(
    tmp_path: Path, redis: RedisPlace
) -> None:
    async with two(tmp_path, redis) as desk:
        commits: list[object] = []
        event.listen(desk.desk.db._writer.sync_engine, "commit", commits.append)
        assert not await desk.agree()
        await desk.one.heartbeat(desk.anna.id)
        assert await desk.agree()
        assert not await desk.one.anyone_online("it-help")
        await desk.one.left(desk.anna.id)
        assert not await desk.agree()
        assert commits == []


async def test_closing_a_tab_at_one_process_leaves_the_tab_at_another(
    tmp_path: Path, redis: RedisPlace
) -> None:
    async with two(tmp_path, redis) as desk:
        await desk.two.heartbeat(desk.anna.id)
        await desk.one.heartbeat(desk.anna.id)
        await desk.one.left(desk.anna.id)
        assert await desk.agree()
        await desk.one.heartbeat(desk.anna.id)
        await desk.one.signed_out(desk.anna.id)
        assert not await desk.agree(), "who signs out is gone everywhere"


async def test_an_agent_whose_process_died_is_gone_after_a_while(
    tmp_path: Path, redis: RedisPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(tmp_path, redis) as desk:
        await desk.one.heartbeat(desk.anna.id)
        monkeypatch.setattr(online, "GONE_AFTER_SECONDS", -1)
        assert not await desk.agree()
        with client(redis.url) as raw:
            assert not raw.exists(f"{redis.prefix}online")


async def test_an_agent_who_may_not_work_any_more_is_not_online(
    tmp_path: Path, redis: RedisPlace
) -> None:
    async with two(tmp_path, redis) as desk:
        await desk.one.heartbeat(desk.anna.id)
        async with desk.desk.db.write() as tx:
            agent = await tx.session.get_one(Agent, desk.anna.id)
            agent.disabled_at = agent.created_at
        assert not await desk.agree()


async def test_who_is_online_stays_so_when_redis_goes_and_comes(
    tmp_path: Path, own_redis: OwnRedis
) -> None:
    async with two(tmp_path, own_redis) as desk:
        await desk.one.heartbeat(desk.anna.id)
        links = [link_of(shared) for shared in desk.links]
        own_redis.kill()
        await until(lambda: not any(link.there for link in links))
        await until(lambda: not desk.one._moving)
        assert await desk.seen_in_database()
        assert await desk.agree()
        own_redis.start()
        await until(lambda: all(link.there for link in links))
        await until(lambda: not desk.one._moving)
        assert await desk.agree()
        await desk.one.left(desk.anna.id)
        assert not await desk.agree()


async def test_without_redis_a_last_tab_closed_elsewhere_does_not_end_ours(
    tmp_path: Path, own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(tmp_path, own_redis) as desk:
        own_redis.kill()
        await until(lambda: not any(link_of(shared).there for shared in desk.links))
        await desk.one.heartbeat(desk.anna.id)
        await desk.two.heartbeat(desk.anna.id)
        await desk.one.left(desk.anna.id)
        assert await desk.agree()
        monkeypatch.setattr(presence_module, "LAST_WORD", presence_module.GONE_AFTER * 0)
        await desk.two.left(desk.anna.id)
        assert not await desk.agree()
        await desk.one.heartbeat(desk.anna.id)
        await desk.one.signed_out(desk.anna.id)
        assert not await desk.agree()


async def test_one_process_without_redis_asks_the_database(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        anna = await desk.add_agent()
        await desk.parts.presence.heartbeat(anna.id)
        assert await desk.parts.presence.anyone_online(DESK)
        await desk.parts.presence.left(anna.id)
        assert not await desk.parts.presence.anyone_online(DESK)
