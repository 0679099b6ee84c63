"""Says what was decided, takes presses of the desk's own buttons, and asks whether it helped.

Everything happens in the caller's transaction, which holds the conversation.
"""

import structlog

from bot.channel import Author, AuthorKind, Button, Card
from bot.clock import now
from bot.conversations import repository
from bot.conversations.extras import Extras
from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.service import BOT, Conversations, Received
from bot.conversations.state import Status
from bot.db import Transaction
from bot.dialogue.cards import CARDS, read_cards
from bot.dialogue.turn import BotReply, Guess, TurnAnswer
from bot.feedback import repository as opinions
from bot.feedback.models import Feedback
from bot.feedback.opinion import Opinion, pressed
from bot.handoff.service import Handoffs
from bot.routing import buttons, helpful
from bot.routing.ladder import Decision, Standing
from bot.routing.policy import NO, REPEAT, UNCLEAR, YES, decide, may_lead_nowhere, something_else
from bot.routing.queries import LockedTurn, TurnBefore
from bot.texts import text

KNOWN_CUSTOM = frozenset({CARDS, UNCLEAR, REPEAT})

log = structlog.get_logger()


class Answers:
    """The bot's mouth, and its ear for its own buttons."""

    def __init__(self, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._conversations = conversations
        self._handoffs = handoffs

    async def decide(self, tx: Transaction, found: LockedTurn, answer: TurnAnswer) -> Decision:
        """What to do with the engine's answer, given what was said before."""
        turn, conversation, before = found.turn, found.conversation, found.before
        return decide(
            answer,
            standing_of(conversation),
            language=conversation.language,
            said_before=await _said_before(tx, turn) if answer.orders(REPEAT) else (),
            just_said=_has_just_said(turn, before, answer),
            answered_before=before.answered,
        )

    async def carry_out(
        self, tx: Transaction, conversation: Conversation, decision: Decision
    ) -> None:
        """Says the replies; a handoff comes after the words."""
        keep_standing(conversation, decision.standing)
        for reply in decision.replies:
            if not reply.is_empty:
                await self._say(tx, conversation, reply)
        if decision.handoff is not None:
            await self._handoffs.hand_off(
                tx,
                conversation,
                reason=decision.handoff.reason,
                details=dict(decision.handoff.details),
                actor=BOT,
            )

    async def ask_whether_it_helped(
        self, tx: Transaction, conversation: Conversation, turn: Turn, answer: TurnAnswer
    ) -> None:
        """After a plain answer, once for each answer of a conversation."""
        if conversation.status is not Status.BOT or not helpful.may_ask(answer):
            return
        if not await opinions.answered_before(tx.session, turn):
            question = helpful.question(turn.message_seq, conversation.language)
            await self._say(tx, conversation, question)

    async def typed_opinion(
        self, tx: Transaction, turn: Turn, conversation: Conversation, answer: TurnAnswer
    ) -> Opinion | None:
        """A yes or no in words, when the question was the last thing that was said."""
        if answer.is_in_form or answer.intent.name not in (YES, NO):
            return None
        before = await repository.message_at(tx.session, conversation.id, turn.message_seq - 1)
        return None if before is None else helpful.typed(answer.intent.name, before.buttons)

    async def cannot_read_files(self, tx: Transaction, conversation: Conversation) -> None:
        """A file came in while the bot has the conversation: it says so, and offers a person."""
        language = conversation.language
        words = text("files.bot_cannot_read", language)
        before = await repository.last_bot_messages(
            tx.session, conversation.id, before=conversation.last_seq
        )
        if any(message.text == words for message in before):
            words = text("files.one_more", language)  # nothing is said twice in a row
        offer = (buttons.talk_to_a_person(language),)
        await self._say(tx, conversation, BotReply(words, offer))

    async def press(self, tx: Transaction, received: Received, payload: str) -> None:
        """One of the desk's own buttons: no engine is asked."""
        conversation = received.conversation
        opinion = pressed(payload)
        if opinion is not None:
            await self.take_opinion(tx, conversation, opinion)
        elif payload == buttons.HUMAN:
            await self._handoffs.wanted_by_customer(tx, conversation)
        elif conversation.status is Status.BOT:
            decision = something_else(standing_of(conversation), conversation.language)
            await self.carry_out(tx, conversation, decision)

    async def take_opinion(
        self, tx: Transaction, conversation: Conversation, opinion: Opinion
    ) -> None:
        """Keeps it, whoever has the conversation now; only the bot answers to it."""
        turn = await opinions.find_turn(tx.session, conversation.id, opinion.seq)
        if turn is None or turn.answered is None:
            return
        kept = await opinions.feedback_on(tx.session, conversation.id, opinion.seq)
        if kept is None:
            kept = Feedback(
                conversation_id=conversation.id,
                seq=opinion.seq,
                answer=turn.answered,
                intent=turn.intent,
                language=conversation.language,
            )
            tx.session.add(kept)
        kept.helpful, kept.at = opinion.helpful, now()
        if conversation.status is Status.BOT:
            await self._say(tx, conversation, _reaction(opinion, turn, conversation.language))

    async def _say(self, tx: Transaction, conversation: Conversation, reply: BotReply) -> None:
        """An order without words is for the desk alone."""
        cards = _readable_cards(conversation, reply)
        if reply.text or reply.buttons or reply.image or cards:
            await self._conversations.say(
                tx,
                conversation,
                Author(AuthorKind.BOT),
                reply.text,
                buttons=reply.buttons,
                image=reply.image,
                extras=Extras(cards=cards),
            )


def _readable_cards(conversation: Conversation, reply: BotReply) -> tuple[Card, ...]:
    """What of `custom` can be shown; the rest is named for whoever wrote the bot."""
    cards, problems = read_cards(reply.custom)
    unknown = sorted(str(name)[:50] for name in reply.custom if name not in KNOWN_CUSTOM)
    if problems or unknown:
        log.warning(
            "reply.custom_ignored", conversation=conversation.id, problems=problems, unknown=unknown
        )
    return cards


def standing_of(conversation: Conversation) -> Standing:
    """How the bot stands, as it was kept."""
    return Standing(
        misses=conversation.misses,
        last_fallback=conversation.last_fallback,
        offered=conversation.offered_intent,
        upsets=conversation.upsets,
        repeats=conversation.repeats,
    )


def keep_standing(conversation: Conversation, standing: Standing) -> None:
    """Keeps how the bot stands, in the caller's transaction."""
    conversation.misses, conversation.upsets = standing.misses, standing.upsets
    conversation.last_fallback, conversation.offered_intent = (
        standing.last_fallback,
        standing.offered,
    )
    conversation.repeats = standing.repeats


def _reaction(opinion: Opinion, turn: Turn, language: str) -> BotReply:
    if opinion.helpful:
        return helpful.thanks(language)
    ranking = [Guess(str(g["name"]), float(g["confidence"])) for g in turn.ranking or ()]
    return helpful.another_try(ranking, turn.intent, language)


async def _said_before(tx: Transaction, turn: Turn) -> tuple[BotReply, ...]:
    """The bot's words of its last turn."""
    before = await repository.last_bot_messages(
        tx.session, turn.conversation_id, before=turn.message_seq
    )
    return tuple(_as_reply(message) for message in before if _is_part_of_answer(message))


def _has_just_said(turn: Turn, before: TurnBefore, answer: TurnAnswer) -> bool:
    """Whether the turn before had this answer; who presses a button wants to hear it."""
    if turn.payload is not None or before.intent is None or not may_lead_nowhere(answer):
        return False
    if before.slots.get("requested_slot") is not None:
        return False
    return (before.intent, before.answered) == (answer.intent.name, answer.answered)


def _is_part_of_answer(message: Message) -> bool:
    """Whether the bot's message is part of its answer, and not the question about it."""
    return not any(pressed(button["payload"]) for button in message.buttons)


def _as_reply(message: Message) -> BotReply:
    return BotReply(
        message.text,
        tuple(Button(**button) for button in message.buttons),
        message.image,
        {CARDS: message.cards} if message.cards else {},
    )
