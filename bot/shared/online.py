"""Which agents are there, in Redis: each process says it of the inboxes that are open at it.

A process takes back only its own word, so an agent who closes a tab at one process stays online
through the tab at another.
"""

from collections.abc import Iterable
from uuid import uuid4

from bot.shared.link import RedisLink

GONE_AFTER_SECONDS = 40

# KEYS: the set «agent/process» by time. Redis's own clock, so that machines agree.
BEAT = """
local now = redis.call('TIME')[1]
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
"""
WHO = """
local oldest = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. oldest)
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
LEAVE = """
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if string.sub(member, 1, #ARGV[1]) == ARGV[1] then redis.call('ZREM', KEYS[1], member) end
end
"""


class OnlineAgents:
    """Every method raises Away."""

    def __init__(self, link: RedisLink) -> None:
        self.link = link
        self._me = uuid4().hex[:12]
        self._keys = [link.key("online")]
        self._beat, self._who, self._leave = map(link.script, (BEAT, WHO, LEAVE))

    async def beat(self, agents: Iterable[str]) -> None:
        """These agents have an inbox open at this process."""
        members = [f"{agent}/{self._me}" for agent in agents]
        await self.link.ask(self._beat, self._keys, [GONE_AFTER_SECONDS, *members])

    async def leave(self, agent: str, *, everywhere: bool) -> None:
        """The agent has none open at this process any more; or signed out."""
        member = f"{agent}/" if everywhere else f"{agent}/{self._me}"
        await self.link.ask(self._leave, self._keys, [member])

    async def who(self) -> set[str]:
        """The ids of the agents who are there."""
        members = await self.link.ask(self._who, self._keys, [GONE_AFTER_SECONDS])
        return {member.decode().partition("/")[0] for member in members}
