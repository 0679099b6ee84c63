"""What helps agents write, put together."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db import Database
from bot.handoff.service import Handoffs
from bot.live import Bus
from bot.settings import Settings
from bot.timers.worker import Fire
from bot.writing.drafts import Drafts
from bot.writing.replies import HOLD, Replies


@dataclass(frozen=True)
class Writing:
    """The parts."""

    drafts: Drafts
    replies: Replies

    @classmethod
    def of(cls, settings: Settings, db: Database, *, handoffs: Handoffs, bus: Bus) -> "Writing":
        """As the settings want them."""
        drafts = Drafts(db, publish=bus.publish)
        return cls(
            drafts,
            Replies(
                db,
                handoffs=handoffs,
                drafts=drafts,
                publish=bus.publish,
                undo_seconds=settings.undo_send_seconds,
            ),
        )

    def by_kind(self) -> Mapping[str, Fire]:
        """For the timers' worker."""
        return {HOLD: self.replies.fire}
