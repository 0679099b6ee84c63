"""What no other module takes: last in the list. An old message's button is told so; the rest is
answered by app.py, so that Slack does not send it again."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.texts import text
from connectors.slack.buttons import Press, read_press
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.tell import whisper


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to buttons that no version of ours knows."""

    @app.action(re.compile(r".*"))
    async def unknown(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        press = read_press(body)
        if press is not None:
            slack.later.start(_tell(slack, press), "slack old button")


async def _tell(slack: SlackChannel, press: Press) -> None:
    try:
        language = (await slack.people.find(press.place.team, press.user)).language
    except SlackFault:
        language = "en"
    whisper(slack, press.place, press.user, text("slack.old_button", language))
