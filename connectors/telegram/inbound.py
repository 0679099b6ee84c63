"""What the desk makes of what people send: messages, albums and edits."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.channel import FirstlineError, InboundMessage, LeftMessage
from bot.texts import text
from connectors.telegram import keyboard
from connectors.telegram.asking import Asking
from connectors.telegram.beforehand import Beforehand
from connectors.telegram.channel import CHANNEL, TelegramChannel, in_any_language
from connectors.telegram.chats import Chats, Visit
from connectors.telegram.commands import Commands
from connectors.telegram.compose import Key
from connectors.telegram.early import EarlyEdits
from connectors.telegram.intake import Work
from connectors.telegram.media import FileTaker, TakenFiles, contact_in_words, place_in_words
from connectors.telegram.parse import Event, Moved, Press, Said
from connectors.telegram.presses import Presses
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import inbound
from connectors.telegram.watching import Watching

LONGEST_WAIT_SECONDS = 3.0  # for somebody who writes faster than the desk takes it


class TooFast(FirstlineError):
    """So much at once that it was not taken."""

    code = "telegram_too_fast"
    status = 429


class Inbound:
    """Every event that the intake lets through."""

    def __init__(
        self,
        channel: TelegramChannel,
        speaker: Speaker,
        *,
        chats: Chats,
        commands: Commands,
        presses: Presses,
        files: FileTaker,
        watching: Watching,
        asking: Asking,
        beforehand: Beforehand,
        early: EarlyEdits,
    ) -> None:
        self._channel = channel
        self._speaker = speaker
        self._chats = chats
        self._commands = commands
        self._presses = presses
        self._files = files
        self._watching = watching
        self._asking = asking
        self._beforehand = beforehand
        self._early = early

    async def handle(self, work: Work) -> None:
        """Once it returns, what came in is kept. Refusals are told to their customer."""
        if isinstance(work, Moved):
            await self._speaker.moved(work.before, work.after)
        elif isinstance(work, Press):
            await self._presses.take(work)
        else:
            await self._take(work)

    async def is_desk_there(self) -> bool:
        """Whether its database answers."""
        try:
            await self._channel.desk.thread_status(CHANNEL, "0")
        except Exception:  # noqa: BLE001 - whatever it is, the desk is not there
            return False
        return True

    async def apologise(self, event: Event) -> None:
        """To whoever sent what we cannot deal with."""
        if isinstance(event, Said):
            language = event.who.language or "en"
            words = FirstlineError().message(language)
            await self._speaker.say(event.place, words, quotes=event.message)

    async def _take(self, parts: Sequence[Said]) -> None:
        first = parts[0]
        if first.place.is_group:
            if not any(part.is_addressed for part in parts):
                return
            known = await self._speaker.known_as(first.place.chat)
            parts = [replace(p, place=replace(p.place, chat=known)) for p in parts]
        parts = [await self._chats.as_known(part) for part in parts]
        first = parts[0]
        if await self._chats.is_done(first.done_key):
            return  # it came before, and the channel itself has answered it
        visit = await self._chats.visit(first.place, first.who)
        try:
            await self._in_time(visit)
            if first.is_edit and not await self._is_news(first, visit):
                return
            parts = await self._early.read(parts)
            first = parts[0]
            if first.place.is_group and not self._channel.settings_of(visit.desk).groups:
                await self._send_private(first, visit)
            elif first.command is not None:
                await self._commands.carry_out(first, visit)
            elif first.place.is_group and await self._beforehand.is_missing(visit):
                await self._send_private(first, visit)
            elif not (
                await self._asking.take(first, visit)
                or await self._beforehand.come_first(first, visit)
            ):
                await self._said(parts, visit)
        except FirstlineError as fault:
            if fault.code == "busy":
                raise
            await self._answer(first, fault.message(visit.language))

    async def _is_news(self, edit: Said, visit: Visit) -> bool:
        """Whether an edit is to be taken as a message: in a group, where the bot's name was
        forgotten at first. If the message itself still comes, it is known by its key."""
        if not edit.text or await self._beforehand.edited(edit, visit):
            return False
        return not await self._early.edited(edit) and edit.place.is_group

    async def _answer(self, said: Said, words: str) -> None:
        """With words of the channel's own, which the desk does not keep: once. Noted afterwards, so
        that a process that ends in between answers rather twice than never."""
        await self._speaker.say(said.place, words, quotes=said.message)
        await self._chats.done(said.done_key)

    async def _send_private(self, said: Said, visit: Visit) -> None:
        await self._commands.send_private(said, visit)
        await self._chats.done(said.done_key)

    async def _in_time(self, visit: Visit) -> None:
        """Whoever writes too fast waits a little, and then is not heard."""
        wait = await self._channel.limit.take(visit.customer)
        if not wait:
            return
        if wait <= LONGEST_WAIT_SECONDS:
            await asyncio.sleep(wait)
            if not await self._channel.limit.take(visit.customer):
                return
        raise TooFast

    async def _said(self, parts: Sequence[Said], visit: Visit) -> None:
        first = parts[0]
        settings = self._channel.settings_of(visit.desk)
        if first.contact is not None and first.contact.is_own and "contact" in settings.takes:
            await self._own_number(first, visit)
            return
        if first.text in in_any_language("handoff.wants_bot") and not first.place.is_group:
            await self._channel.waiting.back_to_bot(inbound_of(first, visit, first.text))
            return
        refusal = self._refusal(first, settings.takes, visit.language)
        if refusal is not None:
            await self._answer(first, refusal)
            return
        taken = await self._files.take(
            parts, thread=visit.thread, takes=settings.takes, language=visit.language
        )
        for words in taken.refusals:
            await self._speaker.say(first.place, words, quotes=first.message)
        words = "\n".join(part.text for part in parts if part.text)
        words = self._beside(first, words, visit.language)
        if not words and not taken.ids:
            if not taken.refusals and first.place.is_group:
                await self._commands.help(first, visit)  # only our name was called
        else:
            await self._receive(first, visit, words, taken)
        if taken.refusals or not (words or taken.ids):
            await self._chats.done(first.done_key)

    def _refusal(self, said: Said, takes: frozenset[str], language: str) -> str | None:
        """What this desk does not take, or nobody can read."""
        kind = said.unreadable
        if kind is not None:
            return text("telegram.unreadable", language)
        if said.location is not None and "location" not in takes:
            kind = "location"
        elif said.contact is not None and "contact" not in takes:
            kind = "contact"
        if kind is None:
            return None
        return text("telegram.kind_refused", language, kind=text(f"telegram.kind.{kind}", language))

    def _beside(self, said: Said, words: str, language: str) -> str:
        if said.location is not None:
            words = place_in_words(said.location, language)
        elif said.contact is not None:
            words = contact_in_words(said.contact, language)
        return words

    async def _receive(self, first: Said, visit: Visit, words: str, taken: TakenFiles) -> None:
        limits = self._channel.desk.file_limits
        at_once = limits.count if limits else 1
        groups = [taken.ids[n : n + at_once] for n in range(0, len(taken.ids), at_once)] or [()]
        for_bot = first.location is None and first.contact is None
        for number, ids in enumerate(groups):
            message = inbound_of(first, visit, words if number == 0 else "")
            key = message.external_id if number == 0 else f"{message.external_id}:{number}"
            message = replace(message, external_id=key, attachments=ids, for_bot=for_bot)
            try:
                receipt = await self._channel.desk.receive_customer_message(message)
            except FirstlineError as fault:
                if fault.code == "file_gone" and ids:
                    continue  # part of an album that came in as a whole before
                raise
            self._watching.follow(visit.thread)
            if number == 0:
                await self._early.came(first, again=receipt.duplicate)
            if not for_bot and not receipt.duplicate:
                await self._offer_person(first, visit)

    async def _offer_person(self, said: Said, visit: Visit) -> None:
        """The bot cannot read a map or a contact; whoever takes over can."""
        status = await self._channel.desk.thread_status(CHANNEL, visit.thread)
        if status is None or status.status != "bot":
            return
        key = Key(text("button.person", visit.language), keyboard.wants_human(said.who.id))
        words = text("telegram.bot_cannot_read", visit.language)
        await self._speaker.say(said.place, words, keys=((key,),), quotes=said.message)

    async def _own_number(self, said: Said, visit: Visit) -> None:
        """Their own phone number: the answer to the bot's question, or where to call back."""
        contact = said.contact
        if contact is None:
            return
        desk = self._channel.desk
        status = await desk.thread_status(CHANNEL, visit.thread)
        message = inbound_of(said, visit, contact.phone)
        if status is not None and status.status == "bot":
            where = (CHANNEL, visit.thread, status.conversation)
            answered = await self._channel.answers.answered_by(*where, status.last_seq)
            if answered.asks_for_phone:
                await desk.receive_customer_message(message)
                return
        left = LeftMessage(contact.phone, contact.name)
        receipt = await self._channel.waiting.leave_message(message, left)
        if not receipt.duplicate:
            self._watching.follow(visit.thread)


def inbound_of(said: Said, visit: Visit, words: str) -> InboundMessage:
    """A message as the desk takes it."""
    return inbound(visit, said.who, said.key, words)
