"""When a request is closed, five buttons ask its customer how it went; one answer counts.

The question is a part of the closing words (see sender.py): what carries those carries it.
"""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.channel import Ended, FirstlineError, OutboundMessage, Rating, SurveyOffer
from bot.texts import text
from connectors.slack import threads
from connectors.slack.blocks import Post
from connectors.slack.buttons import Press, read_press
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.mrkdwn import escape
from connectors.slack.place import Place
from connectors.slack.tell import redraw, whisper

# `Any`: Slack's JSON.
Json = dict[str, Any]
ACTION = "rate:"
OURS = re.compile(rf"^{ACTION}[1-5]$")
HUMAN = "human"
SCORES = range(1, 6)


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to the five buttons."""
    ratings = Ratings(slack)
    app.action(OURS)(ratings.press)


class Ratings:
    """Asks, and takes the answer."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    async def question(self, message: OutboundMessage) -> Post | None:
        """What is asked under the last words of a request that may be rated."""
        ended = await self._slack.agents.ended(message.conversation)
        if ended is None or ended.last_seq != message.seq:
            return None
        offer = await self._slack.survey.offer(CHANNEL, message.thread, message.conversation)
        if not offer.parts:
            return None
        words = _question(ended, offer)
        buttons = [_button(score, message.conversation, ended.language) for score in SCORES]
        return Post(words, (_section(words), {"type": "actions", "elements": buttons}))

    async def press(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """The requester's answer; the first one counts."""
        await ack()
        press = read_press(body)
        if press is not None:
            await self._slack.later.answered(self._press(press, action), "slack rating")

    async def _press(self, press: Press, action: Json) -> None:
        thread = await threads.look_at(self._slack, press.place)
        language = thread.language or await self._slack.people.language(
            press.place.team, press.user
        )
        if thread.requester is not None and thread.requester != press.user:
            words = text("slack.not_your_button", language)
            whisper(self._slack, press.place, press.user, words)
            return
        score = int(str(action["action_id"]).removeprefix(ACTION))
        try:
            offer = await self._slack.survey.offer(CHANNEL, press.place.key, press.value)
            part = _part(offer)
            rating = Rating(press.value, {part: score})
            kept = await self._slack.survey.rate(CHANNEL, press.place.key, rating)
        except FirstlineError as refusal:
            words = refusal.message(language)
            whisper(self._slack, press.place, press.user, words)
            return
        if not kept.duplicate:
            self._thank(press.place, press.ts, score, language)

    def _thank(self, place: Place, ts: str, score: int, language: str) -> None:
        words = text("asking.rate.thanks", language, stars="★" * score + "☆" * (5 - score))
        work = redraw(self._slack.calls, place, ts, words, [_section(words)])
        self._slack.later.start(work, "slack thanks")


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
