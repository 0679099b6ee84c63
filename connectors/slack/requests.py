"""Request channel, direct messages, assistant pane: posts become messages of the desk."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot.channel import Busy, Edit, FirstlineError, SlackSettings
from bot.texts import text
from connectors.slack import threads
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.commands import command_of
from connectors.slack.early import EarlyEdits
from connectors.slack.guests import may_ask, refuse
from connectors.slack.later import AGAIN_SECONDS
from connectors.slack.parse import Changed, Deleted, Posted, read_message
from connectors.slack.people import Person
from connectors.slack.place import Place, message_key
from connectors.slack.plain import is_only_emoji, mentioned
from connectors.slack.receive import Wish, cut, receive, words_in
from connectors.slack.tell import at_work, react, tell, whisper
from connectors.slack.threads import Thread

POINTED_DAYS = 1.0
BOTS = ("bot", "closed")  # what is written there is for the bot

log = structlog.get_logger()


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to posts."""
    requests = Requests(slack)

    @app.event("message")
    async def message(body: dict[str, Any]) -> None:
        await requests.take(body)

    @app.event("app_mention")
    async def app_mention(body: dict[str, Any]) -> None:
        await requests.take(body)


class Requests:
    """What a post means: a request, a follow-up, colleagues among themselves, or nothing."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._early = EarlyEdits(slack)

    async def take(self, body: dict[str, Any]) -> None:
        """Returns when it is committed; raises what makes Slack send it again."""
        match read_message(body):
            case Posted() as posted:
                order, without = place_of(posted).key, replace(posted, is_last_try=True)
                await self._slack.later.in_time(
                    _key(posted),
                    order,
                    lambda: self._posted(posted),
                    again_after=AGAIN_SECONDS,
                    at_last=lambda: self._posted(without),
                )
            case Changed() as changed:
                work = f"edit:{_key(changed.now)}:{hash(changed.now.text)}"
                order = place_of(changed.now).key
                await self._do(work, order, lambda: self._changed(changed.now))
            case Deleted() as deleted:
                work = f"delete:{_key(deleted)}"
                await self._do(work, _order(deleted), lambda: self._deleted(deleted))
            case ignored:
                log.debug("slack.ignored", reason=ignored.reason, event=body.get("event_id"))

    async def _do(self, key: str, order: str, work: Callable[[], Awaitable[None]]) -> None:
        await self._slack.later.in_time(key, order, work, again_after=AGAIN_SECONDS)

    async def _posted(self, posted: Posted) -> None:
        found = await self._desk_of(posted)
        if found is None:
            return
        desk, rules = found
        workspace = await self._slack.calls.teams.of(posted.team)
        if posted.user == workspace.bot_user:
            return
        person = await self._slack.people.find(posted.team, posted.user)
        if person.is_bot:
            return
        early = await self._early.kept(posted)
        if early is not None:
            if not early:
                return
            posted = replace(posted, text=early)
        await self._heard(desk, rules, posted, person)
        # Another process may have heard of an edit while the post was on its way here.
        late = await self._early.kept(posted)
        if late == "":
            await self._slack.edits.withdrawn(CHANNEL, _key(posted))
        elif late is not None and late != posted.text:
            await self._changed(replace(posted, text=late))

    async def _heard(self, desk: str, rules: SlackSettings, posted: Posted, person: Person) -> None:
        if posted.is_direct:
            await self._direct(desk, rules, posted, person)
        elif posted.thread is None:
            await self._request(desk, rules, posted, person)
        else:
            await self._reply(desk, rules, posted, person)

    async def _desk_of(self, posted: Posted) -> tuple[str, SlackSettings] | None:
        if posted.is_direct:
            return self._slack.desk_of_messages(posted.team)
        found = self._slack.desk_of(posted.team, posted.channel)
        if found is None and await self._mentions_us(posted):
            await self._point_elsewhere(posted)
        return found

    async def _mentions_us(self, posted: Posted) -> bool:
        workspace = await self._slack.calls.teams.of(posted.team)
        return workspace.bot_user in mentioned(posted.text)

    async def _point_elsewhere(self, posted: Posted) -> None:
        """Somebody calls the bot where no desk is."""
        key = f"pointed:{posted.team}:{posted.channel}:{posted.user}"
        if not await self._slack.memory.first(CHANNEL, key, days=POINTED_DAYS):
            return
        person = await self._slack.people.find(posted.team, posted.user)
        direct = self._slack.desk_of_messages(posted.team) is not None
        words = text("slack.elsewhere_direct" if direct else "slack.elsewhere", person.language)
        whisper(self._slack, place_of(posted), posted.user, words)

    async def _request(
        self, desk: str, rules: SlackSettings, posted: Posted, person: Person
    ) -> None:
        """A top-level post."""
        if posted.channel not in rules.channels and not await self._mentions_us(posted):
            return
        if not may_ask(person, rules):
            await refuse(self._slack, posted, person)
            return
        await self._begin(desk, posted, person)

    async def _begin(self, desk: str, posted: Posted, person: Person) -> None:
        """A post that opens a thread of its own, or is the first of one that was nobody's."""
        place = place_of(posted)
        words = await self._words(posted)
        if not posted.files and (not words or is_only_emoji(words)):
            await self._ask_for_words(place, posted, person)
            return
        # Before anything that takes time: its files are fetched, and the desk stores it.
        self._eyes(posted)
        await threads.claim(self._slack, place, posted.user)
        await self._receive(desk, place, posted, person, words)

    async def _reply(self, desk: str, rules: SlackSettings, posted: Posted, person: Person) -> None:
        thread = await threads.look_at(self._slack, place_of(posted))
        if thread.requester is None:
            by_its_author = posted.channel in rules.channels and posted.thread_by == posted.user
            if not by_its_author and not await self._mentions_us(posted):
                return  # people talk about something that never was a request
            if not may_ask(person, rules):
                await refuse(self._slack, posted, person)
                return
            await self._begin(desk, posted, person)
            return
        if thread.requester != posted.user and not may_ask(person, rules):
            # They talk to people of ours; what they say to us is refused as elsewhere.
            if await self._mentions_us(posted) or command_of(posted.text) is not None:
                await refuse(self._slack, posted, person)
            return
        words = await self._words(posted)
        command = command_of(words)
        if command is not None:
            await self._obey(command, thread, posted, person)
        elif thread.requester == posted.user:
            await self._follow_up(desk, thread, posted, person, words)
        else:
            await self._colleague(desk, thread, posted, person, words)

    async def _follow_up(
        self, desk: str, thread: Thread, posted: Posted, person: Person, words: str
    ) -> None:
        """The requester goes on: no mention is needed, unless people help each other here."""
        silence = thread.silence
        if silence == threads.PEOPLE and await self._mentions_us(posted):
            await threads.resume(self._slack, thread.place)
            silence = None
        if silence is not None and not thread.is_open:
            return
        if not posted.files and not words:
            await self._ask_for_words(thread.place, posted, person)
            return
        for_bot = silence is None and (bool(posted.files) or not is_only_emoji(words))
        if not for_bot and not thread.is_open:
            return
        await self._receive(
            desk, thread.place, posted, person, words, thread=thread, for_bot=for_bot
        )

    async def _colleague(
        self, desk: str, thread: Thread, posted: Posted, person: Person, words: str
    ) -> None:
        """Somebody else in the thread: read by the agents, and the bot keeps out of it."""
        asks_us = await self._mentions_us(posted) and thread.silence != threads.MUTED
        if not thread.is_open:
            return
        if not asks_us and thread.silence is None:
            await threads.silence(self._slack, thread.place, threads.PEOPLE)
        if words or posted.files:
            await self._receive(
                desk, thread.place, posted, person, words, thread=thread, for_bot=asks_us
            )

    async def _direct(
        self, desk: str, rules: SlackSettings, posted: Posted, person: Person
    ) -> None:
        """A direct message, or a thread of the assistant pane."""
        if not may_ask(person, rules):
            await refuse(self._slack, posted, person)
            return
        thread = await threads.look_at(self._slack, place_of(posted))
        words = await self._words(posted)
        command = command_of(words)
        if command is not None:
            await self._obey(command, thread, posted, person)
            return
        if thread.requester is None:
            await threads.claim(self._slack, thread.place, posted.user)
        if not posted.files and (not words or is_only_emoji(words)) and not thread.is_open:
            await self._ask_for_words(thread.place, posted, person)
            return
        if thread.silence is not None and not thread.is_open:
            return
        for_bot = thread.silence is None
        if for_bot and posted.thread and (thread.status is None or thread.status.status in BOTS):
            await self._at_work(thread, posted, person)
        await self._receive(
            desk, thread.place, posted, person, words, thread=thread, for_bot=for_bot
        )

    async def _at_work(self, thread: Thread, posted: Posted, person: Person) -> None:
        """The pane shows it until there is an answer; so never after one, to an event's double."""
        if await self._slack.memory.first(CHANNEL, f"at_work:{_key(posted)}", days=POINTED_DAYS):
            words = text("slack.at_work", thread.language or person.language)
            self._slack.later.start(at_work(self._slack.calls, thread.place, words), "slack status")

    async def _words(self, posted: Posted) -> str:
        """Its words, with what it forwards."""
        parts = [posted.text, *posted.forwarded]
        words = [await words_in(self._slack, posted.team, part) for part in parts]
        own, *forwarded = words
        quoted = ["\n".join(f"> {line}" for line in part.split("\n")) for part in forwarded if part]
        return "\n\n".join(filter(None, [own, *quoted]))

    async def _receive(
        self,
        desk: str,
        place: Place,
        posted: Posted,
        person: Person,
        words: str,
        *,
        thread: Thread | None = None,
        for_bot: bool = True,
    ) -> None:
        requester = thread.requester if thread and thread.requester else posted.user
        wish = Wish(
            desk=desk,
            place=place,
            posted=posted,
            person=person,
            words=words,
            customer=f"{posted.team}:{requester}",
            language=(thread.language if thread else None) or person.language,
            for_bot=for_bot,
        )
        await receive(self._slack, wish)

    def _eyes(self, posted: Posted) -> None:
        work = react(self._slack.calls, posted.team, posted.channel, posted.ts, "eyes")
        self._slack.later.start(work, "slack eyes")

    async def _ask_for_words(self, place: Place, posted: Posted, person: Person) -> None:
        """Nothing that anybody could answer; asked once, however often Slack sends it."""
        key = f"asked:{_key(posted)}"
        if await self._slack.memory.first(CHANNEL, key, days=POINTED_DAYS):
            if place.thread is not None:
                await threads.claim(self._slack, place, posted.user)
            if await self._early.kept(posted):
                await self._posted(posted)  # another process has just heard of its edit
                return
            work = tell(self._slack.calls, place, text("slack.say_more", person.language))
            self._slack.later.start(work, "slack say more")

    async def _obey(self, command: str, thread: Thread, posted: Posted, person: Person) -> None:
        """`mute` and `resume`, of anybody in the thread."""
        if command == "mute":
            await threads.silence(self._slack, thread.place, threads.MUTED)
        else:
            await threads.resume(self._slack, thread.place)
        key = f"{command}:{_key(posted)}"
        if await self._slack.memory.first(CHANNEL, key, days=POINTED_DAYS):
            words = text(f"slack.{command}d", thread.language or person.language)
            self._slack.later.start(tell(self._slack.calls, thread.place, words), command)

    async def _changed(self, now: Posted) -> None:
        """Re-read when nobody has answered it yet; then, and else, the transcript shows it."""
        thread = await threads.look_at(self._slack, place_of(now))
        words = cut(
            await self._words(now),
            self._slack.text_limit,
            text("slack.cut", thread.language or "en"),
        )
        is_theirs = thread.silence is None and thread.requester == now.user
        for_bot = is_theirs and not is_only_emoji(words)
        try:
            outcome = await self._slack.edits.edited(CHANNEL, _key(now), words, for_bot=for_bot)
        except Busy:
            raise  # it comes again
        except FirstlineError as fault:
            log.info("slack.edit_refused", problem=fault.code)
            return
        log.info("slack.edited", outcome=outcome.value)
        if outcome is Edit.UNKNOWN and now.text and await self._was_asked(now):
            await self._early.keep(now)
            await self._posted(now)  # it had no words, and has some now
        elif outcome is Edit.UNKNOWN:
            await self._early.keep(now)
            # The post may have come in between, to a process that found nothing kept.
            await self._slack.edits.edited(CHANNEL, _key(now), words, for_bot=for_bot)

    async def _was_asked(self, now: Posted) -> bool:
        return await self._slack.memory.recall(CHANNEL, f"asked:{_key(now)}") is not None

    async def _deleted(self, deleted: Deleted) -> None:
        outcome = await self._slack.edits.withdrawn(CHANNEL, _key(deleted))
        log.info("slack.withdrawn", outcome=outcome.value)
        if outcome is Edit.UNKNOWN:
            await self._early.keep(deleted)
            await self._slack.edits.withdrawn(CHANNEL, _key(deleted))  # it may have come meanwhile


def _key(what: Posted | Deleted) -> str:
    return message_key(what.team, what.channel, what.ts)


def _order(what: Deleted) -> str:
    if what.channel.startswith("D"):
        return Place(what.team, what.channel, what.thread).key
    return Place(what.team, what.channel, what.thread or what.ts).key


def place_of(posted: Posted) -> Place:
    """A thread of a channel; a direct message as a whole, or a thread of the assistant pane."""
    if posted.is_direct:
        return Place(posted.team, posted.channel, posted.thread)
    return Place(posted.team, posted.channel, posted.thread or posted.ts)
