"""The door of the survey: what is offered to a customer, and what they say."""

from datetime import timedelta

from bot.channel import Rating, RatingReceipt, SurveyOffer
from bot.clock import now
from bot.conversations import repository as conversations
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation
from bot.conversations.service import CUSTOMER, Conversations
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.privacy.mask import mask
from bot.survey import repository
from bot.survey.models import Survey
from bot.survey.rules import HIGHEST, LOWEST, MAX_COMMENT, Part, parts_to_rate


class BadRating(FirstlineError):
    """A score that is none, of somebody who did not speak, or a comment that is too long."""

    code = "bad_rating"
    status = 422


class SurveyOver(FirstlineError):
    """The conversation still goes on, or cannot be rated (any more)."""

    code = "survey_over"
    status = 409


class Surveys:
    """Asks once for each conversation, when it is over (`bot.channel.SurveyDesk`)."""

    def __init__(self, db: Database, *, conversations: Conversations, days: int) -> None:
        self._db = db
        self._conversations = conversations
        self._open_for = timedelta(days=days)

    async def offer(self, channel: str, thread: str, conversation: str) -> SurveyOffer:
        """Whom the customer may rate in this conversation of theirs; raises NotFound."""
        async with self._db.read() as session:
            found = await conversations.conversation_in_thread(
                session, channel, thread, conversation
            )
            if found is None:
                raise NotFound
            episode = await repository.episode_of(session, found)
        parts, until = parts_to_rate(episode, at=now(), open_for=self._open_for)
        return SurveyOffer(conversation, tuple(part.value for part in parts), until)

    async def rate(self, channel: str, thread: str, rating: Rating) -> RatingReceipt:
        """Keeps the customer's answer, once; a repetition changes nothing.

        Raises NotFound, BadRating and SurveyOver.
        """

        async def keep(tx: Transaction) -> RatingReceipt:
            found = await conversations.conversation_in_thread(
                tx.session, channel, thread, rating.conversation, lock=True
            )
            if found is None:
                raise NotFound
            if await repository.survey_of(tx.session, found.id) is not None:
                self._conversations.count_duplicate(tx)
                return RatingReceipt(found.id, duplicate=True)
            await self._keep(tx, found, rating)
            return RatingReceipt(found.id, duplicate=False)

        return await self._db.attempt(keep, finds_itself=True)

    async def comment(self, channel: str, thread: str, conversation: str, words: str) -> None:
        """The customer adds a comment to their rating, once (for channels that ask for it after the
        stars). Raises NotFound, BadRating and SurveyOver."""
        said = mask(words).text.strip()
        if not 0 < len(said) <= MAX_COMMENT:
            raise BadRating(lowest=LOWEST, highest=HIGHEST, limit=MAX_COMMENT)

        async def add(tx: Transaction) -> None:
            found = await conversations.conversation_in_thread(
                tx.session, channel, thread, conversation, lock=True
            )
            if found is None:
                raise NotFound
            survey = await repository.survey_of(tx.session, found.id)
            is_late = found.closed_at is None or now() >= found.closed_at + self._open_for
            if survey is None or is_late or survey.comment not in (None, said):
                raise SurveyOver
            survey.comment = said
            self._conversations.hint_status(tx, found)

        await self._db.attempt(add, finds_itself=True)

    async def _keep(self, tx: Transaction, conversation: Conversation, rating: Rating) -> None:
        episode = await repository.episode_of(tx.session, conversation)
        parts, _ = parts_to_rate(episode, at=now(), open_for=self._open_for)
        if not parts:
            raise SurveyOver
        _check(rating, parts)
        tx.session.add(
            Survey(
                conversation_id=conversation.id,
                bot_score=rating.scores.get(Part.BOT),
                human_score=rating.scores.get(Part.HUMAN),
                # As with messages: what should not have been sent is hidden before it is kept.
                comment=mask(rating.comment).text.strip() or None,
                language=conversation.language,
            )
        )
        self._conversations.record(
            tx, conversation, "rated", actor=CUSTOMER, details={"scores": dict(rating.scores)}
        )
        # The customer's other tabs need not ask any more, and the agents' page shows it.
        self._conversations.hint_status(tx, conversation)


def _check(rating: Rating, parts: tuple[Part, ...]) -> None:
    scores = rating.scores
    whole = all(type(score) is int and LOWEST <= score <= HIGHEST for score in scores.values())
    if not scores or not whole or not set(scores) <= {part.value for part in parts}:
        raise BadRating(lowest=LOWEST, highest=HIGHEST, limit=MAX_COMMENT)
    if len(rating.comment) > MAX_COMMENT:
        raise BadRating(lowest=LOWEST, highest=HIGHEST, limit=MAX_COMMENT)
