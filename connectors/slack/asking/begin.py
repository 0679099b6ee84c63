"""A request that was not written as a post: the bot opens its thread, and the desk receives it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.channel import InboundMessage, SlackSettings
from bot.texts import text
from connectors.slack import threads
from connectors.slack.asking.views import Choice
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import Refused
from connectors.slack.guests import may_ask
from connectors.slack.mrkdwn import escape
from connectors.slack.people import Person
from connectors.slack.place import Place
from connectors.slack.triage.words import cut, quoted

KEPT_DAYS = 2.0
MOST_SHOWN = 2800
# Another process opens the thread just now: it is waited for so long.
PAUSES = (0.1, 0.2, 0.4, 0.8)


@dataclass(frozen=True)
class Asked:
    """What somebody asks; `key` is the same however often Slack tells of it."""

    team: str
    user: str
    desk: str
    words: str
    key: str
    intent: str | None = None  # of a form, with its answers
    answers: Mapping[str, str] | None = None
    place: Place | None = None  # the thread that it was asked in, if there is one


class Beginnings:
    """Opens threads for such requests."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    def choices(self, team: str, person: Person) -> list[Choice]:
        """The desks that serve this person here, where a request can be opened."""
        return [
            Choice(desk, self._slack.desk_names[desk][person.language], rules.forms)
            for desk, rules in self._slack.rules.items()
            if rules.workspace in (None, team)
            and (rules.direct_messages or rules.channels)
            and may_ask(person, rules)
        ]

    def refusal(self, team: str, person: Person) -> str:
        """Why there is none."""
        here = [r for r in self._slack.rules.values() if r.workspace in (None, team)]
        if not any(rules.direct_messages or rules.channels for rules in here):
            return text("asking.nowhere", person.language)
        kind = "external" if person.is_external else "guest"
        return text(f"slack.refused_{kind}", person.language)

    async def begin(self, asked: Asked, person: Person) -> Place:
        """Once it returns, it cannot be lost any more; raises SlackFault or what the desk says."""
        language = person.language
        if asked.place is None:
            place = await self._thread(asked, person)
            await threads.claim(self._slack, place, asked.user)
        else:
            place = asked.place
            language = (await threads.look_at(self._slack, place)).language or language
        inbound = InboundMessage(
            channel=CHANNEL,
            thread=place.key,
            customer=f"{asked.team}:{asked.user}",
            desk=asked.desk,
            external_id=f"asked:{asked.team}:{asked.key}",
            language=language,
            text=asked.words[: self._slack.text_limit],
            customer_name=person.name or None,
            customer_email=person.email,
            context={"time_zone": person.zone} if person.zone else {},
        )
        if asked.intent is None:
            await self._slack.desk.receive_customer_message(inbound)
        else:
            await self._slack.forms.submit(inbound, asked.intent, asked.answers or {})
        return place

    async def _thread(self, asked: Asked, person: Person) -> Place:
        """Its first post is ours, and is made once."""
        key = f"asked:{asked.team}:{asked.key}"[:200]
        memory = self._slack.memory
        lock = f"{key}:lock"[:200]
        if not await memory.first(CHANNEL, lock, days=KEPT_DAYS):
            for pause in PAUSES:
                if (known := await memory.recall(CHANNEL, key)) is not None:
                    return Place.of(known)
                await asyncio.sleep(pause)
        if (known := await memory.recall(CHANNEL, key)) is not None:
            return Place.of(known)
        try:
            place = await self._open(asked, person, self._slack.rules[asked.desk])
        except Refused:  # nothing stands there: whoever tries again need not wait
            await memory.forget(CHANNEL, lock)
            raise
        await memory.keep(CHANNEL, key, place.key, days=KEPT_DAYS)
        return place

    async def _open(self, asked: Asked, person: Person, rules: SlackSettings) -> Place:
        calls, language = self._slack.calls, person.language
        words = cut(quoted(escape(asked.words)), MOST_SHOWN)
        if rules.direct_messages:
            said = await calls.call(asked.team, "conversations.open", users=asked.user)
            channel = str(said["channel"]["id"])
            shown = text("asking.root_direct", language, words=words)
        else:
            channel = rules.channels[0]
            user = f"<@{asked.user}>"
            shown = text("asking.root_channel", language, user=user, words=words)
        said = await calls.call(
            asked.team,
            "chat.postMessage",
            channel=channel,
            text=shown,
            unfurl_links="false",
            unfurl_media="false",
        )
        return Place(asked.team, channel, str(said["ts"]))

    async def link(self, place: Place) -> str | None:
        """The address of the thread."""
        if place.thread is None:
            return None
        said = await self._slack.calls.call(
            place.team, "chat.getPermalink", channel=place.channel, message_ts=place.thread
        )
        found = said.get("permalink")
        return found if isinstance(found, str) else None
