"""The door of alerts: what an agent wants, what went wrong; and all of it put together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.accounts.presence import Presence
from bot.alerts import repository
from bot.alerts.booking import Booking
from bot.alerts.browsers import Browsers
from bot.alerts.models import AgentAlert, AlertChoice
from bot.alerts.push import Pusher
from bot.alerts.rules import PATIENCES, Choice, Kind, Way, When
from bot.alerts.telling import GIVE_UP_AFTER, Telling
from bot.alerts.vapid import Vapid
from bot.availability.service import Availability
from bot.clock import now
from bot.db import Database, Transaction
from bot.desks import Desks
from bot.mail.postman import Postman
from bot.settings import Settings
from bot.smtp_url import parse_sender

PROBLEMS_OF = timedelta(days=7)
MOST_PROBLEMS = 5


@dataclass(frozen=True)
class Trouble:
    """Something that the agent should have been told. `is_tried`: it is tried again."""

    kind: Kind
    conversation: str
    at: datetime
    problem: str
    is_tried: bool


class Alerts:
    """What agents choose, and who tells them."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        *,
        desks: Desks,
        presence: Presence,
        availability: Availability,
    ) -> None:
        self._db = db
        self.has_mail = settings.smtp_place() is not None
        self.booking = Booking(ways=[Way.MAIL, Way.PUSH] if self.has_mail else [Way.PUSH])
        contact = settings.base_url()
        if self.has_mail:
            contact = f"mailto:{parse_sender(settings.smtp_from).addr_spec}"
        vapid = Vapid(settings.token_key(), contact=contact)
        pusher = Pusher(vapid, private_allowed=settings.webhooks_to_private_addresses)
        self.browsers = Browsers(db, pusher=pusher)
        telling = Telling(
            settings,
            db,
            desks=desks,
            presence=presence,
            availability=availability,
            browsers=self.browsers,
        )
        self.postman = Postman(db, AgentAlert, send=telling.send, give_up_after=GIVE_UP_AFTER)

    async def choice(self, agent_id: str, way: Way) -> Choice:
        """What the agent wants of this way; nothing, if they never chose."""
        async with self._db.read() as session:
            row = await repository.choice_of(session, agent_id, way)
        if row is None:
            return Choice()
        return Choice(frozenset(map(Kind, row.kinds)), row.patience, When(row.when))

    async def turn_on(
        self, agent_id: str, token: str, *, endpoint: str, p256dh: str, auth: str, browser: str
    ) -> None:
        """Pushed alerts in this browser; who never chose of what is told everything."""
        await self.browsers.turn_on(
            agent_id, token, endpoint=endpoint, p256dh=p256dh, auth=auth, browser=browser
        )
        async with self._db.read() as session:
            if await repository.choice_of(session, agent_id, Way.PUSH) is not None:
                return
        await self.choose(agent_id, Way.PUSH, Choice(frozenset(Kind), PATIENCES[0]))

    async def choose(self, agent_id: str, way: Way, choice: Choice) -> None:
        """From now on."""
        kinds = [kind.value for kind in Kind if kind in choice.kinds]

        async def keep(tx: Transaction) -> None:
            row = await repository.choice_of(tx.session, agent_id, way)
            if row is None:
                row = AlertChoice(agent_id=agent_id, way=way)
                tx.session.add(row)
            row.kinds, row.patience, row.when = kinds, choice.patience, choice.when

        await self._db.attempt(keep)

    async def troubles(self, agent_id: str, way: Way) -> list[Trouble]:
        """What went wrong lately, the newest first."""
        since = now() - PROBLEMS_OF
        async with self._db.read() as session:
            rows = await repository.not_told(
                session, agent_id, way, since=since, limit=MOST_PROBLEMS
            )
        return [
            Trouble(
                Kind(row.kind),
                row.conversation_id,
                row.created_at,
                row.problem or "",
                row.status == "waiting",
            )
            for row in rows
        ]
