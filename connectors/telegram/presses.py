"""Presses of the buttons under our messages."""

from dataclasses import replace

from bot.channel import Button, FirstlineError, OutboundMessage, Rating
from bot.texts import supported, text
from connectors.telegram import compose, keyboard
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.chats import Chats, Visit
from connectors.telegram.compose import Key
from connectors.telegram.parse import Press
from connectors.telegram.places import Place
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import inbound
from connectors.telegram.watching import Watching


class Presses:
    """Each button once, however often it is pressed."""

    def __init__(
        self, channel: TelegramChannel, speaker: Speaker, *, chats: Chats, watching: Watching
    ) -> None:
        self._channel = channel
        self._speaker = speaker
        self._chats = chats
        self._watching = watching

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
            case keyboard.WantsHuman():
                words = text("handoff.wants_human", visit.language)
                wish = inbound(visit, press.who, f"human:{press.data}:{_where(press)}", words)
                await self._channel.desk.ask_for_human(wish)
                await self._shut(press, visit, text("button.person", visit.language))
                self._watching.follow(visit.thread)
            case keyboard.Nothing():
                return None
            case None:
                return text("telegram.too_old", visit.language)
        return None

    async def _choose(self, press: Press, visit: Visit, chosen: keyboard.Choice) -> None:
        """Only what this conversation offered, and only while it goes on."""
        desk, visit = self._channel.desk, _in_thread_of(visit, chosen.conversation)
        found = await desk.messages_after(
            CHANNEL, visit.thread, chosen.conversation, chosen.seq - 1
        )
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
        await self._change(press, f"{text('telegram.survey.thanks', visit.language)} {stars}")

    async def _speak(self, press: Press, visit: Visit, language: str) -> None:
        language = supported(language)
        await self._chats.change(press.who.id, language=language)
        await self._channel.desk.choose_language(CHANNEL, visit.thread, language)
        await self._change(press, text("telegram.language_chosen", language))

    async def _forget(self, press: Press, visit: Visit, *, sure: bool) -> None:
        if sure:
            await self._channel.forget.forget(CHANNEL, visit.customer)
            await self._chats.forget(press.who.id)
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


def _button(found: list[OutboundMessage], chosen: keyboard.Choice) -> Button | None:
    if not found or found[0].seq != chosen.seq:
        return None
    offered = [*found[0].buttons, *(b for card in found[0].cards for b in card.buttons)]
    return offered[chosen.index] if chosen.index < len(offered) else None


def _where(press: Press) -> str:
    chat = press.place.chat if press.place else press.who.id
    return f"{chat}:{press.message}"


def _in_thread_of(visit: Visit, conversation: str) -> Visit:
    """A group's conversation that went on in this private chat stays the group's."""
    moved = visit.chat.thread if visit.chat.conversation == conversation else None
    return replace(visit, thread=moved) if moved and not visit.place.is_group else visit
