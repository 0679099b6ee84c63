"""The form before the chat, one question after the other, in the private chat.

What a customer wrote first waits until it is filled in, and then goes to the desk. How far it is
stands in the channel's memory, so any process may take the next answer.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.channel import FilledForm, FirstlineError, FormField
from bot.texts import LANGUAGES, text
from connectors.telegram import keyboard
from connectors.telegram.channel import CHANNEL, DeskOnTelegram, TelegramChannel
from connectors.telegram.chats import Visit
from connectors.telegram.compose import MOST_BUTTON, Key, Rows
from connectors.telegram.early import EarlyEdits
from connectors.telegram.parse import Person, Said
from connectors.telegram.places import Place, key_without_date
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import inbound
from connectors.telegram.watching import Watching

KEPT_DAYS = 1.0  # of answers to a form that is not filled in


@dataclass(frozen=True)
class Wish:
    """What the customer came with: their words (nothing that must not be kept is left in them), or
    the wish for a person. `parts`: of each message its key and words; without a key they are
    not the message's own, such as a link's topic."""

    key: str
    parts: tuple[tuple[str | None, str], ...]
    human: bool = False


@dataclass(frozen=True)
class Progress:
    """How far the form is. `at`: which question is open; behind the last one it is the consent.
    `is_asked`: it is known to have reached the customer. `taken`: the messages that were dealt
    with, for those that come again, also when all is done."""

    version: str
    at: int = 0
    is_asked: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[str, ...] = ()
    wish: Wish | None = None
    is_done: bool = False


class Beforehand:
    """Asks, takes the answers, and hands over what had to wait."""

    def __init__(
        self, channel: TelegramChannel, speaker: Speaker, watching: Watching, early: EarlyEdits
    ) -> None:
        self._channel = channel
        self._speaker = speaker
        self._watching = watching
        self._early = early

    async def is_missing(self, visit: Visit) -> bool:
        """Whether this customer has not answered what the desk asks."""
        if self._desk(visit).form_version is None:
            return False
        return await self._channel.form.is_missing(CHANNEL, visit.customer, visit.desk)

    async def come_first(
        self, said: Said, visit: Visit, *, words: str | None = None, human: bool = False
    ) -> bool:
        """Whether the form has to do with this message: it answers a question, or has to wait.

        `words`: in the place of the message's own, such as a link's topic.
        """
        if self._desk(visit).form_version is None:
            return False
        progress = await self._progress(visit)
        if not await self.is_missing(visit):
            return await self._was_taken(said, visit, progress)
        came_with = self._channel.hide(said.text if words is None else words)
        part = (said.key if words is None else None, came_with)
        wish = Wish(said.key, (part,) if came_with else (), human)
        if progress is None or progress.is_done:
            await self._begin(said, visit, wish if came_with else None)
        elif not progress.is_asked:
            # The customer has not seen the question: this is no answer, and waits as well.
            if said.key not in progress.taken:
                progress = replace(
                    progress,
                    taken=(*progress.taken, said.key),
                    wish=_together(progress.wish, wish),
                )
                await self._keep(visit, progress)
            await self._ask(said.place, visit, progress)
        elif said.key not in progress.taken:
            await self._answer(said, visit, progress)
        return True

    async def _was_taken(self, said: Said, visit: Visit, progress: Progress | None) -> bool:
        """The form is filled in; but the process may have ended before it went on from there."""
        if progress is None or said.key not in progress.taken:
            return False
        if not progress.is_done:
            await self._go_on(said.place, said.who, visit, progress)
        return True

    async def edited(self, said: Said, visit: Visit) -> bool:
        """Whether it is an edit of what waits here, or waited as one of several messages: that is
        what is handed on, and what the desk has if it was."""
        if said.place.is_group or self._desk(visit).form_version is None:
            return False
        progress = await self._progress(visit)
        wish = progress.wish if progress else None
        if wish is None or said.key not in dict(wish.parts):
            return False
        # Kept first: of this and of who hands it on, one sees the other.
        await self._early.keep(said)
        words = await self._words(said.who, wish)
        await self._channel.edits.edited(CHANNEL, wish.key, words)
        return True

    async def _words(self, who: Person, wish: Wish) -> str:
        """As they were last edited."""
        found = []
        for key, words in wish.parts:
            edited = key and await self._early.kept(who.id, key)
            found.append(edited or words)
        return "\n".join(found)

    async def begin(self, said: Said, visit: Visit) -> None:
        """Asks the first question, if there is one and it was not asked."""
        if not await self.is_missing(visit):
            return
        progress = await self._progress(visit)
        if progress is None or progress.is_done:
            await self._begin(said, visit, None)
        else:
            await self._ask(said.place, visit, progress)

    async def pressed(self, place: Place, who: Person, visit: Visit, chosen: keyboard.Field) -> str:
        """A button under a question; what it says. Raises NotAsked when it is not the open one."""
        progress = await self._progress(visit)
        if progress is None or progress.is_done or progress.at != chosen.field:
            raise NotAsked
        desk, language = self._desk(visit), visit.language
        if chosen.field == len(desk.form):
            await self._finish(place, who, visit, progress)
            return text("telegram.form_agree", language)
        asked = desk.form[chosen.field]
        if chosen.option is None and not asked.required:
            await self._next(place, who, visit, progress)
            return text("telegram.form_skip", language)
        if chosen.option is None or chosen.option >= len(asked.options):
            raise NotAsked
        option = asked.options[chosen.option]
        answers = {**progress.answers, asked.key: option.value}
        await self._next(place, who, visit, replace(progress, answers=answers))
        return option.label[language]

    async def forget(self, customer: str) -> None:
        """Nothing was asked."""
        await self._channel.memory.forget(CHANNEL, _key(customer))

    async def _begin(self, said: Said, visit: Visit, wish: Wish | None) -> None:
        version = self._desk(visit).form_version or ""
        progress = Progress(version, taken=(said.key,), wish=wish)
        await self._keep(visit, progress)
        key = "telegram.form_begin" if wish is None else "telegram.form_first"
        words = [text(key, visit.language)]
        if said.files:
            words.append(text("telegram.form_files", visit.language))
        await self._speaker.say(said.place, " ".join(words))
        await self._ask(said.place, visit, progress)

    async def _ask(self, place: Place, visit: Visit, progress: Progress) -> None:
        """The open question, of a progress that is kept. Until it has arrived, what the customer
        writes is no answer to it."""
        words, rows = self._question(visit, progress.at)
        sent = await self._speaker.say(place, words, keys=rows)
        if sent is None or progress.is_asked:
            return
        # While it was on its way another process may have had the customer's answer to it.
        now = await self._progress(visit)
        if now is not None and not now.is_done and now.at == progress.at:
            await self._keep(visit, replace(now, is_asked=True))

    def _question(self, visit: Visit, at: int) -> tuple[str, Rows]:
        desk, language = self._desk(visit), visit.language
        if at == len(desk.form):
            agree = Key(text("telegram.form_agree", language), keyboard.answer(at, 0))
            return (desk.consent or {})[language], ((agree,),)
        asked = desk.form[at]
        rows: Rows = tuple(
            (Key(option.label[language][:MOST_BUTTON], keyboard.answer(at, number)),)
            for number, option in enumerate(asked.options)
        )
        if not asked.required:
            rows = (*rows, (Key(text("telegram.form_skip", language), keyboard.answer(at, None)),))
        return asked.label[language], rows

    async def _answer(self, said: Said, visit: Visit, progress: Progress) -> None:
        desk, language = self._desk(visit), visit.language
        progress = replace(progress, taken=(*progress.taken, said.key))
        if progress.at == len(desk.form):
            problem: str | None = text("widget.form_consent", language)
        else:
            asked = desk.form[progress.at]
            value = _value(said, asked)
            if asked.kind == "text":
                value = self._channel.hide(value)
            problem = self._problem(said, visit, asked, value)
            if problem is None:
                answers = {**progress.answers, asked.key: value}
                await self._next(said.place, said.who, visit, replace(progress, answers=answers))
                return
        await self._keep(visit, progress)
        await self._speaker.say(said.place, problem or "", quotes=said.message)
        await self._ask(said.place, visit, progress)

    def _problem(self, said: Said, visit: Visit, asked: FormField, value: str) -> str | None:
        if not value:
            return text("telegram.form_in_words", visit.language)
        problem = self._channel.form.problem_with(visit.desk, asked.key, value, visit.language)
        if problem is not None and asked.options:
            return text("telegram.form_choose", visit.language)
        return problem

    async def _next(self, place: Place, who: Person, visit: Visit, progress: Progress) -> None:
        """The next question, or the end of them."""
        desk, at = self._desk(visit), progress.at + 1
        if at < len(desk.form) or (at == len(desk.form) and desk.consent):
            following = replace(progress, at=at, is_asked=False)
            await self._keep(visit, following)
            await self._ask(place, visit, following)
        else:
            await self._keep(visit, progress)
            await self._finish(place, who, visit, progress)

    async def _finish(self, place: Place, who: Person, visit: Visit, progress: Progress) -> None:
        """Keeps the answers, then goes on. Raises FirstlineError."""
        filled = FilledForm(
            customer=visit.customer,
            thread=visit.customer,
            language=visit.language,
            answers=progress.answers,
            consent=self._desk(visit).consent is not None,
        )
        try:
            await self._channel.form.take(CHANNEL, visit.desk, filled)
        except FirstlineError as fault:
            if fault.code != "bad_form":
                raise
            # What is asked has changed meanwhile: once more from the beginning.
            again = Progress(progress.version, taken=progress.taken, wish=progress.wish)
            await self._keep(visit, again)
            await self._ask(place, visit, again)
            return
        await self._go_on(place, who, visit, progress)

    async def _go_on(self, place: Place, who: Person, visit: Visit, progress: Progress) -> None:
        """With what the customer came with; receiving it twice has no effect."""
        wish = progress.wish
        key = "telegram.form_done" if wish is None else "telegram.form_thanks"
        await self._speaker.say(place, text(key, visit.language))
        if wish is not None:
            words = await self._words(who, wish)
            door = self._channel.desk
            receive = door.ask_for_human if wish.human else door.receive_customer_message
            receipt = await receive(inbound(visit, who, wish.key, words))
            self._watching.follow(visit.thread)
            now = await self._words(who, wish)
            if receipt.duplicate or now != words:
                await self._channel.edits.edited(CHANNEL, wish.key, now)
            if len(wish.parts) == 1:
                wish = None  # the desk knows it by the message's own number
        done = Progress(progress.version, taken=progress.taken, wish=wish, is_done=True)
        await self._keep(visit, done)

    async def _progress(self, visit: Visit) -> Progress | None:
        """Of the form as it is asked now; None when it was not begun."""
        kept = await self._channel.memory.recall(CHANNEL, _key(visit.customer))
        if kept is None:
            return None
        raw = json.loads(kept)
        wish = _read_wish(raw["wish"], visit) if raw["wish"] else None
        taken = tuple(_key_from(one, visit) for one in raw["taken"])
        # One that an older version kept was asked: it does not say so.
        found = Progress(**{"is_asked": True, **raw, "taken": taken, "wish": wish})
        return found if found.version == self._desk(visit).form_version else None

    async def _keep(self, visit: Visit, progress: Progress) -> None:
        kept = json.dumps(asdict(progress))
        await self._channel.memory.keep(CHANNEL, _key(visit.customer), kept, days=KEPT_DAYS)

    def _desk(self, visit: Visit) -> DeskOnTelegram:
        return self._channel.desks[visit.desk]


class NotAsked(FirstlineError):
    """A button of a question that is not the open one."""

    code = "not_offered"
    status = 409


def _key(customer: str) -> str:
    return f"form:{customer}"


def _key_from(kept: str | int, visit: Visit) -> str:
    """An older version kept the message's number alone, of the private chat."""
    return key_without_date(int(visit.customer), kept) if isinstance(kept, int) else kept


# `Any`: JSON.
def _read_wish(raw: dict[str, Any], visit: Visit) -> Wish:
    if "words" in raw:  # as an older version kept it
        return Wish(raw["key"], ((None, raw["words"]),), raw["human"])
    parts = ((None if key is None else _key_from(key, visit), words) for key, words in raw["parts"])
    return Wish(raw["key"], tuple(parts), raw["human"])


def _together(before: Wish | None, now: Wish) -> Wish | None:
    """What was written one after the other."""
    if before is None or not now.parts:
        return now if now.parts else before
    return Wish(before.key, (*before.parts, *now.parts), before.human or now.human)


def _value(said: Said, asked: FormField) -> str:
    """What a message answers: of a choice, its value; of a phone number, one that was shared."""
    if asked.kind == "phone" and said.contact is not None and said.contact.is_own:
        return said.contact.phone
    written = said.text.casefold()
    for option in asked.options:
        if written in {option.label[language].casefold() for language in LANGUAGES}:
            return option.value
    return said.text
