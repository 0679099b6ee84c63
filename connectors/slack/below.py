"""What stands under the bot's words beside its own buttons: the way to a person, and to a form."""

import json

from bot.channel import WANTS_PERSON, Answered, AuthorKind, OutboundMessage, says_helpful
from bot.texts import text
from connectors.slack.asking.forms import FORMS
from connectors.slack.asking.views import FORM
from connectors.slack.blocks import PERSON, Block, button, buttons_of, value_of
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.place import Place

OFFERED_DAYS = 7.0


class Below:
    """Asked for each message before it is posted."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    async def blocks(self, message: OutboundMessage) -> tuple[Block, ...]:
        """One row, or nothing: where a person is offered already, or the bot is through with it."""
        if message.author.kind is not AuthorKind.BOT or _offers_person(message):
            return ()
        answered = await self._slack.answers.answered_by(
            CHANNEL, message.thread, message.conversation, message.seq
        )
        elements = []
        if (form := await self._form(message, answered)) is not None:
            title = text("asking.fill_in", message.language)
            value = json.dumps({"c": message.conversation, "s": message.seq})
            elements.append(button(title, f"{FORM}{form}", value, style="primary"))
        if answered.may_want_person:
            title = text("button.person", message.language)
            elements.append(button(title, PERSON, value_of(message, 0)))
        return ({"type": "actions", "elements": elements},) if elements else ()

    async def _form(self, message: OutboundMessage, answered: Answered) -> str | None:
        """`desk:name` of the window that asks all of the bot's form: under its first question."""
        names = [
            form.name
            for form in FORMS.values()
            if answered.asks_for in {question.slot for question in form.questions}
        ]
        found = self._slack.desk_at(Place.of(message.thread))
        if not names or found is None or names[0] not in found[1].forms:
            return None
        key, seq = f"form:{message.conversation}:{names[0]}", str(message.seq)
        memory = self._slack.memory
        if await memory.first(CHANNEL, key, seq, days=OFFERED_DAYS):
            return f"{found[0]}:{names[0]}"
        is_again = await memory.recall(CHANNEL, key) == seq  # the same message, tried once more
        return f"{found[0]}:{names[0]}" if is_again else None


def _offers_person(message: OutboundMessage) -> bool:
    return any(
        choice.payload.startswith(WANTS_PERSON) or says_helpful(choice.payload) is not None
        for choice in buttons_of(message)
    )
