"""What no other module takes: last in the list. Whoever uses an old button or window is told so;
the rest is answered by app.py, so that Slack does not send it again."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.texts import text
from connectors.slack.asking.views import note_view
from connectors.slack.buttons import Press, read_press
from connectors.slack.channel import SlackChannel
from connectors.slack.tell import whisper

ANY = re.compile(r".*")


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to buttons and windows that no version of ours knows."""

    @app.action(ANY)
    async def unknown(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        press = read_press(body)
        if press is not None:
            slack.later.start(_tell(slack, press), "slack old button")

    @app.view(ANY)
    async def unknown_window(ack: AsyncAck, body: dict[str, Any]) -> None:
        """Told on top of it, so that what was typed there can be copied."""
        language = await slack.people.language(str(body["team"]["id"]), str(body["user"]["id"]))
        view = note_view(text("asking.old_window", language), language)
        await ack(response_action="push", view=view)


async def _tell(slack: SlackChannel, press: Press) -> None:
    language = await slack.people.language(press.place.team, press.user)
    whisper(slack, press.place, press.user, text("slack.old_button", language))
