"""Presses of the buttons under our messages."""

from dataclasses import replace

from bot.channel import Button, FirstlineError, OutboundMessage, Rating
from bot.texts import supported, text
from connectors.telegram import compose, keyboard
from connectors.telegram.asking import Asking, Kind, Question
from connectors.telegram.beforehand import Beforehand
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.chats import Chats, Visit
from connectors.telegram.compose import Key
from connectors.telegram.early import EarlyEdits
from connectors.telegram.keyboard import comment, copy
from connectors.telegram.parse import Press
from connectors.telegram.places import Place
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import Telling, inbound
from connectors.telegram.watching import Watching

Private = (
    keyboard.Comment | keyboard.Copy | keyboard.Receipt | keyboard.WantsBot | keyboard.LeaveContact
)


class Presses:
    """Each button once, however often it is pressed."""

    def __init__(
        self,
        channel: TelegramChannel,
        speaker: Speaker,
        *,
        chats: Chats,
        watching: Watching,
        telling: Telling,
        asking: Asking,
        beforehand: Beforehand,
        early: EarlyEdits,
    ) -> None:
        self._channel = channel
        self._speaker = speaker
        self._chats = chats
        self._watching = watching
        self._telling = telling
        self._asking = asking
        self._beforehand = beforehand
        self._early = early

    async def take(self, press: Press) -> None:
        """What is wrong with it is shown over the chat; raises Busy."""
        language = supported(press.who.language)
        if press.place is None:
            await self._speaker.answer(press.id, text("telegram.too_old", language), alert=True)
            return
        place = press.place
        if place.is_group:
            known = await self._speaker.known_as(place.chat)
            place = Place(known, place.topic, is_group=True)
        press = await self._chats.under_known(press)
        visit = await self._chats.visit(place, press.who)
        try:
            words = await self._carry_out(press, visit)
        except FirstlineError as fault:
            if fault.code == "busy":
                raise
            key = "telegram.too_old" if fault.code in ("not_offered", "not_found") else None
            words = text(key, visit.language) if key else fault.message(visit.language)
            await self._speaker.answer(press.id, words[:200], alert=True)
            return
        await self._speaker.answer(press.id, words)

    async def _carry_out(self, press: Press, visit: Visit) -> str | None:
        match keyboard.read(press.data):
            case keyboard.Choice() as chosen:
                await self._choose(press, visit, chosen)
            case keyboard.Scores() as said:
                await self._rate(press, visit, said)
            case keyboard.ChooseLanguage(language=language):
                await self._speak(press, visit, language)
            case keyboard.Forget(sure=sure):
                await self._forget(press, visit, sure=sure)
            case keyboard.WantsHuman(user=user):
                if user != press.who.id and (user is not None or visit.place.is_group):
                    raise NotYours
                words = text("handoff.wants_human", visit.language)
                wish = inbound(visit, press.who, f"human:{press.data}:{press.key}", words)
                await self._channel.desk.ask_for_human(wish)
                await self._shut(press, visit, text("button.person", visit.language))
                self._watching.follow(visit.thread)
            case (
                keyboard.Comment()
                | keyboard.Copy()
                | keyboard.Receipt()
                | keyboard.WantsBot()
                | keyboard.LeaveContact() as wish
            ):
                await self._in_private(press, visit, wish)
            case keyboard.Field() as field:
                place = press.place
                if place is None or place.is_group:
                    raise NoLongerOffered
                chosen_words = await self._beforehand.pressed(place, press.who, visit, field)
                await self._shut(press, visit, chosen_words)
            case keyboard.Nothing():
                return None
            case None:
                return text("telegram.too_old", visit.language)
        return None

    async def _in_private(self, press: Press, visit: Visit, wish: Private) -> None:
        """What holds a customer's own words is shown to them alone; once, if the same press comes
        again."""
        place = press.place
        if place is None or place.is_group:
            raise NoLongerOffered
        done = f"{press.key}:{press.id}"
        if await self._chats.is_done(done):
            return
        await self._show(place, press, _in_thread_of(visit, wish.conversation), wish)
        await self._chats.done(done)

    async def _show(self, place: Place, press: Press, visit: Visit, wish: Private) -> None:
        language = visit.language
        match wish:
            case keyboard.Comment(conversation=conversation):
                question = Question(Kind.COMMENT, conversation)
                await self._asking.ask(place, text("telegram.comment_ask", language), question)
            case keyboard.Copy(conversation=conversation):
                await self._telling.copy(place, visit, conversation)
            case keyboard.Receipt(conversation=conversation, fact=None):
                words, keys = await self._telling.receipt(visit, conversation)
                await self._speaker.say(place, words, keys=keys)
            case keyboard.Receipt(conversation=conversation, fact=int(number)):
                await self._correct(place, visit, conversation, number)
            case keyboard.WantsBot(conversation=conversation):
                await self._back_to_bot(press, visit, conversation)
            case keyboard.LeaveContact(conversation=conversation):
                await self._telling.passed_on(visit, conversation)
                question = Question(Kind.CONTACT, conversation)
                await self._asking.ask(place, text("telegram.leave_ask", language), question)

    async def _back_to_bot(self, press: Press, visit: Visit, conversation: str) -> None:
        """Of the conversation that waits alone."""
        await self._telling.passed_on(visit, conversation)
        words = text("handoff.wants_bot", visit.language)
        said = inbound(visit, press.who, f"bot:{conversation}:{press.key}", words)
        await self._channel.waiting.back_to_bot(said)
        await self._shut(press, visit, words)

    async def _correct(self, place: Place, visit: Visit, conversation: str, number: int) -> None:
        """Asks what a fact should be."""
        facts = (await self._telling.passed_on(visit, conversation)).facts
        if number >= len(facts) or not facts[number].is_open:
            raise NoLongerOffered
        fact = facts[number]
        words = text("telegram.correct_ask", visit.language, label=fact.label, value=fact.value)
        await self._asking.ask(place, words, Question(Kind.FACT, conversation, fact.name))

    async def _choose(self, press: Press, visit: Visit, chosen: keyboard.Choice) -> None:
        """Only what this conversation offered, and only while it goes on."""
        desk, visit = self._channel.desk, _in_thread_of(visit, chosen.conversation)
        try:
            found = await desk.messages_after(
                CHANNEL, visit.thread, chosen.conversation, chosen.seq - 1
            )
        except FirstlineError as fault:
            if fault.code == "not_found" and visit.place.is_group:
                raise NotYours from fault
            raise
        button = _button(found, chosen)
        status = await desk.thread_status(CHANNEL, visit.thread)
        is_open = (
            status is not None
            and status.conversation == chosen.conversation
            and status.status != "closed"
        )
        if button is None or not is_open:
            await self._shut(press, visit, None)
            raise NoLongerOffered
        said = replace(
            inbound(visit, press.who, chosen.key, button.title),
            payload=button.payload,
            offered_in=chosen.seq,
        )
        await desk.receive_customer_message(said)
        self._watching.follow(visit.thread)
        await self._shut(press, visit, button.title)

    async def _rate(self, press: Press, visit: Visit, said: keyboard.Scores) -> None:
        survey, visit = self._channel.survey, _in_thread_of(visit, said.conversation)
        offer = await survey.offer(CHANNEL, visit.thread, said.conversation)
        if any(part not in said.scores for part in offer.parts):
            piece = compose.survey(said.conversation, offer.parts, visit.language, said.scores)
            await self._change(press, piece.plain, piece.keys)
            return
        rating = Rating(said.conversation, said.scores)
        await survey.rate(CHANNEL, visit.thread, rating)
        stars = " · ".join("⭐" * score for score in said.scores.values())
        keys = (
            (Key(text("telegram.comment_button", visit.language), comment(said.conversation)),),
            (Key(text("telegram.copy_button", visit.language), copy(said.conversation)),),
        )
        thanks = text("telegram.survey.thanks", visit.language)
        await self._change(press, f"{thanks} {stars}", keys)

    async def _speak(self, press: Press, visit: Visit, language: str) -> None:
        language = supported(language)
        await self._chats.change(press.who.id, language=language)
        await self._channel.desk.choose_language(CHANNEL, visit.thread, language)
        await self._change(press, text("telegram.language_chosen", language))

    async def _forget(self, press: Press, visit: Visit, *, sure: bool) -> None:
        if sure:
            await self._channel.forget.forget(CHANNEL, visit.customer)
            await self._chats.forget(press.who.id)
            await self._beforehand.forget(visit.customer)
            await self._asking.forget(press.who.id)
            await self._early.forget(press.who.id)
        key = "telegram.forgotten" if sure else "telegram.kept"
        await self._change(press, text(key, visit.language))

    async def _shut(self, press: Press, visit: Visit, chosen: str | None) -> None:
        """No second press: what was chosen stands in the place of the buttons."""
        if press.place is None or press.message is None:
            return
        keys = ((Key(f"✓ {chosen}"[:60], keyboard.DONE),),) if chosen else ()
        await self._speaker.change(press.place, press.message, keys=keys)

    async def _change(
        self, press: Press, words: str, keys: tuple[tuple[Key, ...], ...] = ()
    ) -> None:
        if press.place is not None and press.message is not None:
            await self._speaker.change(press.place, press.message, words=words, keys=keys)


class NoLongerOffered(FirstlineError):
    """A button of a conversation that is over, or that was never there."""

    code = "not_offered"
    status = 409


class NotYours(FirstlineError):
    """In a group, a button under an answer to somebody else."""

    code = "telegram_not_yours"
    status = 403


def _button(found: list[OutboundMessage], chosen: keyboard.Choice) -> Button | None:
    if not found or found[0].seq != chosen.seq:
        return None
    offered = [*found[0].buttons, *(b for card in found[0].cards for b in card.buttons)]
    return offered[chosen.index] if chosen.index < len(offered) else None


def _in_thread_of(visit: Visit, conversation: str) -> Visit:
    """A group's conversation that went on in this private chat stays the group's."""
    moved = visit.chat.thread if visit.chat.conversation == conversation else None
    return replace(visit, thread=moved) if moved and not visit.place.is_group else visit
