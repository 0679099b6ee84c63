"""Edits and deletions that Slack tells of before the post itself, or while it is on its way."""

from connectors.slack import threads
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.parse import Deleted, Posted
from connectors.slack.place import Place, message_key
from connectors.slack.plain import mentioned

KEPT_DAYS = 1.0


class EarlyEdits:
    """Keeps them for a post that may come yet, without what must not be kept."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    async def kept(self, what: Posted | Deleted) -> str | None:
        """The post's words as Slack told of them last; empty: deleted; None: as it was posted."""
        return await self._slack.memory.recall(CHANNEL, _key(what))

    async def keep(self, what: Posted | Deleted) -> None:
        """For when the post comes, if it can become a message at all."""
        if await self._may_be_ours(what):
            words = self._slack.hide(what.text) if isinstance(what, Posted) else ""
            await self._slack.memory.keep(CHANNEL, _key(what), words, days=KEPT_DAYS)

    async def _may_be_ours(self, what: Posted | Deleted) -> bool:
        """Where the bot hears who calls it alone, people's other talk is none of its business."""
        if what.channel.startswith("D"):
            return True
        found = self._slack.desk_of(what.team, what.channel)
        if found is None or isinstance(what, Deleted) or what.channel in found[1].channels:
            return found is not None
        workspace = await self._slack.calls.teams.of(what.team)
        if workspace.bot_user in mentioned(what.text):
            return True
        thread = await threads.look_at(
            self._slack, Place(what.team, what.channel, what.thread or what.ts)
        )
        return thread.requester is not None


def _key(what: Posted | Deleted) -> str:
    return f"early:{message_key(what.team, what.channel, what.ts)}"
