"""The agents' side as a feature of the connector: what it listens to, and what it keeps going."""

from slack_bolt.app.async_app import AsyncApp

from connectors.slack.channel import SlackChannel
from connectors.slack.triage.acts import Acts
from connectors.slack.triage.desk import TriageDesk
from connectors.slack.triage.modals import Modals
from connectors.slack.triage.thread import CardThreads
from connectors.slack.triage.worker import TriageWorker


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to the triage channels, before whatever listens to all."""
    if not _is_used(slack):
        return
    desk = TriageDesk(slack)
    modals = Modals(desk)
    CardThreads(desk).register(app)
    Acts(desk, modals).register(app)
    modals.register(app)


async def work(slack: SlackChannel) -> None:
    """Keeps the cards as they should be, until cancelled."""
    if _is_used(slack):
        await TriageWorker(TriageDesk(slack)).run()


def _is_used(slack: SlackChannel) -> bool:
    return any(rules.triage_channel for rules in slack.rules.values())
