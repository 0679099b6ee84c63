"""When a request is closed, five buttons ask its customer how it went; one answer counts."""

import asyncio
import re
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.channel import Ended, FirstlineError, Rating, SurveyOffer
from bot.texts import text
from connectors.slack import threads
from connectors.slack.buttons import read_press
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import Limited, SlackFault
from connectors.slack.mrkdwn import escape
from connectors.slack.place import Place
from connectors.slack.tell import whisper

# `Any`: Slack's JSON.
Json = dict[str, Any]
ACTION = "rate:"
OURS = re.compile(rf"^{ACTION}[1-5]$")
HUMAN = "human"
SCORES = range(1, 6)
KEPT_DAYS = 60.0
TRIES, LONGEST_PAUSE = 3, 60.0

log = structlog.get_logger()


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to the five buttons."""
    ratings = Ratings(slack)
    app.action(OURS)(ratings.press)


async def work(slack: SlackChannel) -> None:
    """Asks after each closing, until cancelled. Every process hears of it; one asks."""
    ratings = Ratings(slack)
    with slack.agents.watch() as hints:
        while True:
            hint = await hints.get()
            if hint.kind == "status" and isinstance(hint.data, str) and hint.data:
                slack.later.start(ratings.ask(hint.data), "slack rating")


class Ratings:
    """Asks, and takes the answer."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    async def ask(self, conversation: str) -> None:
        """Once for each conversation that was closed here and may be rated."""
        ended = await self._slack.agents.ended(conversation)
        if ended is None or ended.channel != CHANNEL:
            return
        offer = await self._slack.survey.offer(CHANNEL, ended.thread, conversation)
        key = f"rating:{conversation}"
        if not offer.parts or not await self._slack.memory.first(CHANNEL, key, days=KEPT_DAYS):
            return
        place = Place.of(ended.thread)
        for _ in range(TRIES):
            try:
                await self._post(place, conversation, ended, offer)
            except Limited as fault:
                await asyncio.sleep(min(fault.seconds, LONGEST_PAUSE))
            except SlackFault as fault:
                log.info("slack.not_asked_for_rating", problem=str(fault))
                return
            else:
                return

    async def _post(
        self, place: Place, conversation: str, ended: Ended, offer: SurveyOffer
    ) -> None:
        question = _question(ended, offer)
        buttons = [_button(score, conversation, ended.language) for score in SCORES]
        await self._slack.calls.call(
            place.team,
            "chat.postMessage",
            channel=place.channel,
            thread_ts=place.thread,
            text=question,
            blocks=[_section(question), {"type": "actions", "elements": buttons}],
            unfurl_links="false",
            unfurl_media="false",
        )

    async def press(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """The requester's answer; the first one counts."""
        await ack()
        press = read_press(body)
        if press is None:
            return
        thread = await threads.look_at(self._slack, press.place)
        person = await self._slack.people.find(press.place.team, press.user)
        language = thread.language or person.language
        if thread.requester is not None and thread.requester != press.user:
            words = text("slack.not_your_button", language)
            await whisper(self._slack.calls, press.place, press.user, words)
            return
        score = int(str(action["action_id"]).removeprefix(ACTION))
        try:
            offer = await self._slack.survey.offer(CHANNEL, press.place.key, press.value)
            part = _part(offer)
            rating = Rating(press.value, {part: score})
            kept = await self._slack.survey.rate(CHANNEL, press.place.key, rating)
        except FirstlineError as refusal:
            words = refusal.message(language)
            await whisper(self._slack.calls, press.place, press.user, words)
            return
        if not kept.duplicate:
            await self._thank(press.place, press.ts, score, language)

    async def _thank(self, place: Place, ts: str, score: int, language: str) -> None:
        words = text("asking.rate.thanks", language, stars="★" * score + "☆" * (5 - score))
        try:
            await self._slack.calls.call(
                place.team,
                "chat.update",
                channel=place.channel,
                ts=ts,
                text=words,
                blocks=[_section(words)],
            )
        except SlackFault as fault:
            log.info("slack.not_thanked", problem=str(fault))


def _part(offer: SurveyOffer) -> str:
    """One question: about the person, where one helped. (Nothing may be rated: it is refused.)"""
    return HUMAN if HUMAN in offer.parts or not offer.parts else offer.parts[0]


def _question(ended: Ended, offer: SurveyOffer) -> str:
    if _part(offer) == HUMAN and ended.agent_name:
        name = escape(ended.agent_name)
        return text("asking.rate.human", ended.language, name=name)
    return text("asking.rate.bot", ended.language)


def _button(score: int, conversation: str, language: str) -> Json:
    named = {1: text("asking.rate.one", language), 5: text("asking.rate.five", language)}
    return {
        "type": "button",
        "action_id": f"{ACTION}{score}",
        "text": {"type": "plain_text", "text": named.get(score, str(score))},
        "value": conversation,
    }


def _section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
