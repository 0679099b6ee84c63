"""What a customer can order with a slash; the menu beside the text field shows the same list."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

from telegram import BotCommand

from bot.channel import FirstlineError
from bot.texts import LANGUAGES, text
from connectors.telegram import keyboard
from connectors.telegram.beforehand import Beforehand
from connectors.telegram.channel import CHANNEL, Me, TelegramChannel
from connectors.telegram.chats import Chats, Visit
from connectors.telegram.client import Bots
from connectors.telegram.compose import Key, Rows
from connectors.telegram.parse import Said
from connectors.telegram.privately import LINK, Privately, link_to
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import Telling, while_waiting
from connectors.telegram.watching import Watching

NAMES: Final = ("start", "help", "human", "language", "status", "copy", "end", "stop")
HUMAN = "human"  # of a link into the private chat
TOPIC = "__"  # between the desk and the topic of a link
IN_GROUPS = ("help",)

Order = Callable[[Said, Visit], Awaitable[None]]


async def set_menu(bot: Bots) -> None:
    """The list beside the text field, in every language; raises TelegramError."""
    for language in LANGUAGES:
        commands = [BotCommand(name, text(f"telegram.menu.{name}", language)) for name in NAMES]
        await bot.set_my_commands(commands, language_code=language)
        if language == LANGUAGES[0]:
            await bot.set_my_commands(commands)


class Commands:
    """Each of NAMES, once for each message that says it."""

    def __init__(
        self,
        channel: TelegramChannel,
        speaker: Speaker,
        *,
        chats: Chats,
        privately: Privately,
        telling: Telling,
        watching: Watching,
        beforehand: Beforehand,
        me: Callable[[], Me],
    ) -> None:
        self._channel = channel
        self._speaker = speaker
        self._chats = chats
        self._privately = privately
        self._telling = telling
        self._watching = watching
        self._beforehand = beforehand
        self._me = me
        self._orders: dict[str, Order] = {
            "start": self._start,
            "help": self.help,
            "human": self.human,
            "language": self._language,
            "status": self._status,
            "copy": self._copy,
            "end": self._end,
            "stop": self._stop,
        }

    async def carry_out(self, said: Said, visit: Visit) -> None:
        """Raises FirstlineError. What a command says is not part of the conversation."""
        key = said.key
        order = self._orders.get(said.command or "")
        if said.place.is_group:
            if order is None:
                return  # another bot's, most likely
            order = order if said.command in IN_GROUPS else self.send_private
        if await self._chats.is_done(key):
            return
        await (order or self._unknown)(said, visit)
        await self._chats.done(key)

    async def help(self, said: Said, visit: Visit) -> None:
        """What can be asked and ordered here."""
        name = self._desk_name(visit)
        key = "telegram.help_group" if said.place.is_group else "telegram.help"
        await self._say(said, text(key, visit.language, desk=name, bot=self._me().username))

    async def send_private(self, said: Said, visit: Visit) -> None:
        """What is no group's business."""
        parameter = HUMAN if said.command == "human" else visit.desk
        key = Key(text("telegram.open_private", visit.language), url=link_to(self._me(), parameter))
        await self._say(said, text("telegram.only_private", visit.language), keys=((key,),))

    async def human(self, said: Said, visit: Visit) -> None:
        """A person, without asking the bot."""
        words = text("handoff.wants_human", visit.language)
        if await self._beforehand.come_first(said, visit, words=words, human=True):
            return
        inbound = self._telling.inbound(said, visit, words)
        await self._channel.desk.ask_for_human(inbound)
        self._watching.follow(visit.thread)

    async def _start(self, said: Said, visit: Visit) -> None:
        parameter = said.argument
        if parameter == HUMAN:
            await self.human(said, visit)
            return
        if parameter.startswith(LINK) and await self._go_on_here(said, visit, parameter):
            return
        desk, _, topic = parameter.partition(TOPIC)
        if desk in self._channel.desks:
            visit = await self._choose_desk(said, visit, desk)
        words = self._channel.settings_of(visit.desk).topics.get(topic)
        if words is not None and desk == visit.desk:
            topic_words = words[visit.language]
            if await self._beforehand.come_first(said, visit, words=topic_words):
                return
            inbound = self._telling.inbound(said, visit, topic_words)
            await self._channel.desk.receive_customer_message(inbound)
            self._watching.follow(visit.thread)
            return
        hello = text("telegram.hello", visit.language, desk=self._desk_name(visit))
        notice = await self._telling.closed_notice(visit)
        await self._say(said, "\n\n".join(filter(None, (hello, notice))))
        await self._beforehand.begin(said, visit)

    async def _choose_desk(self, said: Said, visit: Visit, desk: str) -> Visit:
        """Another desk: what was open with the bot of the old one is over; people finish first."""
        if desk == visit.desk:
            return visit
        status = await self._channel.desk.thread_status(CHANNEL, visit.thread)
        if status is not None and status.status not in ("bot", "closed"):
            name = self._desk_name(visit)
            raise StillWithPerson(desk=name)
        if status is not None and status.status == "bot":
            await self._channel.desk.end_conversation(CHANNEL, visit.thread, status.conversation)
        await self._chats.change(said.place.chat, desk=desk)
        return replace(visit, desk=desk)

    async def _go_on_here(self, said: Said, visit: Visit, parameter: str) -> bool:
        """A conversation of a group goes on in this private chat."""
        conversation = parameter.removeprefix(LINK)
        waiting = await self._privately.open(conversation, said.who.id)
        if waiting is None:
            return False
        thread = await self._privately.thread_behind(conversation)
        await self._chats.change(said.place.chat, thread=thread, conversation=conversation)
        is_news = False
        for message in waiting:
            show = partial(self._telling.show, said.place, message)
            is_news |= await self._privately.show_once(message, show)
        if thread is not None:
            await self._watching.follow_here(thread, conversation)
            if is_news:
                await self._telling.survey(said.place, thread, conversation, visit.language)
        return True

    async def _language(self, said: Said, visit: Visit) -> None:
        keys = tuple(
            Key(text("telegram.language_name", one), keyboard.language(one)) for one in LANGUAGES
        )
        await self._say(said, text("telegram.which_language", visit.language), keys=(keys,))

    async def _status(self, said: Said, visit: Visit) -> None:
        status = await self._channel.desk.thread_status(CHANNEL, visit.thread)
        keys: Rows = ()
        if status is not None and status.status == "queued":
            keys = while_waiting(status.conversation, visit.language)
        await self._say(said, await self._telling.status(visit), keys=keys)

    async def _copy(self, said: Said, visit: Visit) -> None:
        """The newest conversation, also when it is over."""
        status = await self._channel.desk.thread_status(CHANNEL, visit.thread)
        if status is None or status.last_seq == 0:
            await self._say(said, text("telegram.copy_none", visit.language))
            return
        await self._telling.copy(said.place, visit, status.conversation)

    async def _end(self, said: Said, visit: Visit) -> None:
        status = await self._channel.desk.thread_status(CHANNEL, visit.thread)
        if status is None or status.status == "closed":
            await self._say(said, text("telegram.status.none", visit.language))
            return
        await self._channel.desk.end_conversation(CHANNEL, visit.thread, status.conversation)

    async def _stop(self, said: Said, visit: Visit) -> None:
        """Asks first: it cannot be undone."""
        keys = (
            Key(text("telegram.forget_yes", visit.language), keyboard.forget(sure=True)),
            Key(text("telegram.forget_no", visit.language), keyboard.forget(sure=False)),
        )
        await self._say(
            said, text("telegram.forget", visit.language), keys=((keys[0],), (keys[1],))
        )

    async def _unknown(self, said: Said, visit: Visit) -> None:
        words = text("telegram.unknown_command", visit.language, command=(said.command or "")[:40])
        await self._say(said, words)

    def _desk_name(self, visit: Visit) -> str:
        return self._channel.desks[visit.desk].name[visit.language]

    async def _say(self, said: Said, words: str, keys: Rows = ()) -> None:
        quotes = said.message if said.place.is_group else None
        await self._speaker.say(said.place, words, keys=keys, quotes=quotes)


class StillWithPerson(FirstlineError):
    """Another desk was asked for while a person of this one has the conversation."""

    code = "telegram_still_with_person"
    status = 409
