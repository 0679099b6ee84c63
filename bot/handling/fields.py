"""Values of a desk's own fields, checked by their type, kept with who set them."""

from collections.abc import Mapping

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.service import Conversations
from bot.db import Database, Transaction
from bot.desk_settings.fields import BadValue
from bot.desks import Desks
from bot.errors import FirstlineError
from bot.handling.door import lock
from bot.handoff.service import actor_of
from bot.records import repository
from bot.records.models import FieldValue
from bot.texts import text


class BadField(FirstlineError):
    """A value that its field cannot hold."""

    code = "bad_field"
    status = 422

    def __init__(self, key: str, label: Mapping[str, str], kind: str) -> None:
        self.label, self.kind, self.field = label, kind, f"field.{key}"
        super().__init__(label=label["en"], what=text(f"inbox.field_must.{kind}", "en"))

    def message(self, language: str) -> str:
        """Names the field and its type in the reader's language."""
        what = text(f"inbox.field_must.{self.kind}", language)
        return text("error.bad_field", language, label=self.label[language], what=what)


class Fields:
    """One transaction."""

    def __init__(self, db: Database, *, conversations: Conversations, desks: Desks) -> None:
        self._db = db
        self._conversations = conversations
        self._desks = desks

    async def put(self, agent: Agent, conversation_id: str, values: Mapping[str, str]) -> None:
        """All or none; a field that is not among the desk's is passed over. Raises BadField."""

        async def put(tx: Transaction) -> None:
            conversation = await lock(tx, agent, conversation_id)
            had = await repository.field_values(tx.session, conversation.id)
            changed = []
            for field in self._desks.get(conversation.desk).fields:
                if field.key not in values:
                    continue
                try:
                    value = field.checked(values[field.key])
                except BadValue:
                    raise BadField(field.key, field.label, field.kind) from None
                row = had.get(field.key)
                if value == (row.value if row else ""):
                    continue
                changed.append(field.key)
                if row is None:
                    row = FieldValue(conversation_id=conversation.id, key=field.key)
                    tx.session.add(row)
                row.value, row.agent_id, row.agent_name, row.at = value, agent.id, agent.name, now()
            if changed:
                self._conversations.record(
                    tx,
                    conversation,
                    "fields_set",
                    actor=actor_of(agent),
                    details={"fields": changed},
                )
                self._conversations.hint_status(tx, conversation)

        await self._db.attempt(put)
