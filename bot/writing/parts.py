"""What helps agents write, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.accounts.models import Agent
from bot.db import Database
from bot.handoff.service import Handoffs
from bot.handoff.snooze import CHOICES
from bot.live import Bus
from bot.settings import Settings
from bot.timers.worker import Fire
from bot.writing.drafts import Drafts
from bot.writing.macro import Act, Acts
from bot.writing.replies import HOLD, Replies
from bot.writing.responses import Responses
from bot.writing.saved import SavedReplies
from bot.writing.viewers import Viewers


@dataclass(frozen=True)
class Writing:
    """The parts."""

    drafts: Drafts
    replies: Replies
    saved: SavedReplies
    responses: Responses
    viewers: Viewers

    @classmethod
    def of(cls, settings: Settings, db: Database, *, handoffs: Handoffs, bus: Bus) -> "Writing":
        """As the settings want them."""
        drafts = Drafts(db, publish=bus.publish)
        acts = acts_of(handoffs)
        return cls(
            drafts,
            Replies(
                db,
                handoffs=handoffs,
                drafts=drafts,
                publish=bus.publish,
                undo_seconds=settings.undo_send_seconds,
            ),
            SavedReplies(db, acts=acts, max_text_length=settings.max_text_length),
            Responses(settings.bot_dir or Path()),
            Viewers(db, publish=bus.publish),
        )

    def by_kind(self) -> Mapping[str, Fire]:
        """For the timers' worker."""
        return {HOLD: self.replies.fire}


def acts_of(handoffs: Handoffs) -> Acts:
    """What macros can do: the same that the buttons do."""

    async def close(agent: Agent, conversation_id: str, _: str, epoch: int) -> None:
        await handoffs.close(agent, conversation_id, epoch=epoch)

    async def snooze(agent: Agent, conversation_id: str, until: str, epoch: int) -> None:
        await handoffs.snooze(agent, conversation_id, epoch=epoch, choice=until)

    async def release(agent: Agent, conversation_id: str, _: str, epoch: int) -> None:
        await handoffs.release(agent, conversation_id, epoch=epoch)

    async def return_to_bot(agent: Agent, conversation_id: str, _: str, epoch: int) -> None:
        await handoffs.return_to_bot(agent, conversation_id, epoch=epoch)

    acts = Acts()
    acts.register("close", Act(close, moves=True))
    acts.register("snooze", Act(snooze, arguments=tuple(CHOICES), moves=True))
    acts.register("release", Act(release, moves=True))
    acts.register("return_to_bot", Act(return_to_bot, moves=True))
    return acts
