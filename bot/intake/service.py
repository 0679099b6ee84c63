"""Takes the form before the chat, and knows whether it is still missing."""

from collections.abc import Callable
from dataclasses import asdict

from bot.channel import FilledForm
from bot.clock import now
from bot.conversations.errors import JoinedAnother
from bot.conversations.models import Customer, new_id
from bot.conversations.repository import find_customer
from bot.db import Database, Transaction
from bot.desk_settings.widget import WidgetSettings
from bot.intake.form import Answer, FormFirst, check_form, problem_with
from bot.intake.models import Intake
from bot.intake.repository import intake_of


class Intakes:
    """The door for forms (`bot.channel.FormDesk`)."""

    def __init__(self, db: Database, *, widget_of: Callable[[str], WidgetSettings]) -> None:
        self._db = db
        self._widget_of = widget_of

    async def is_missing(self, channel: str, thread: str, desk: str) -> bool:
        """Whether this desk asks something that this thread has not answered as it is asked now."""
        version = self._widget_of(desk).form_version
        if version is None:
            return False
        async with self._db.read() as session:
            found = await intake_of(session, channel, thread)
        return found is None or found.version != version

    async def require(self, channel: str, thread: str, desk: str) -> None:
        """Raises FormFirst when it is missing."""
        if await self.is_missing(channel, thread, desk):
            raise FormFirst

    async def take(self, channel: str, desk: str, filled: FilledForm) -> None:
        """Keeps it; raises BadForm. An e-mail address or phone number is where to reach them."""
        settings = self._widget_of(desk)
        answers = check_form(
            settings, filled.answers, consent=filled.consent, language=filled.language
        )

        async def keep(tx: Transaction) -> None:
            await self._reach(tx, channel, filled, answers)
            intake = await intake_of(tx.session, channel, filled.thread)
            if intake is None:
                intake = Intake(channel=channel, thread=filled.thread)
                tx.session.add(intake)
            intake.version, intake.at = settings.form_version or "", now()
            intake.answers = [asdict(answer) for answer in answers]
            agreed = settings.consent[filled.language] if settings.consent else None
            intake.consent_text = agreed
            intake.consented_at = now() if agreed else None

        await self._db.attempt(keep, finds_itself=True)

    def problem_with(self, desk: str, key: str, value: str, language: str) -> str | None:
        """Of one answer, for channels that ask one thing after the other."""
        asked = next((f for f in self._widget_of(desk).form if f.key == key), None)
        return None if asked is None else problem_with(asked, value, language)

    async def _reach(
        self, tx: Transaction, channel: str, filled: FilledForm, answers: tuple[Answer, ...]
    ) -> None:
        customer = await find_customer(tx.session, channel, filled.customer)
        if customer is None:
            customer = Customer(
                id=new_id(),
                channel=channel,
                external_id=filled.customer,
                language=filled.language,
            )
            tx.session.add(customer)
        if customer.joined_id is not None:
            raise JoinedAnother
        for answer in answers:
            if answer.kind == "email":
                customer.email = customer.email or answer.value[:320]
            if answer.kind == "phone":
                customer.phone = customer.phone or answer.value[:40]
