"""`/ithelp`, the shortcuts, the home page and their windows: what is listened to."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.channel import FirstlineError
from bot.texts import text
from connectors.slack import threads
from connectors.slack.asking.begin import Asked, Beginnings
from connectors.slack.asking.forms import (
    CALLBACK,
    FORMS,
    WindowForm,
    answers_of,
    faults_in,
    form_view,
    words_of_answers,
)
from connectors.slack.asking.home import Home
from connectors.slack.asking.names import COMMAND, GLOBAL_SHORTCUT, MESSAGE_SHORTCUT
from connectors.slack.asking.views import FORM, MOST_QUOTED, NEW, Quoted, new_view, note_view
from connectors.slack.buttons import read_press
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.later import NoRoom, StillAtWork
from connectors.slack.parse import quotable
from connectors.slack.people import Person
from connectors.slack.place import Place
from connectors.slack.plain import words_of
from connectors.slack.receive import words_in
from connectors.slack.submitted import Answer, answer_in_time, refused
from connectors.slack.tell import tell_directly, whisper

# `Any`: Slack's JSON.
Json = dict[str, Any]
Tell = Callable[..., Awaitable[None]]
FORM_BUTTONS = re.compile(rf"^{re.escape(FORM)}")
FORM_VIEWS = re.compile(rf"^{re.escape(CALLBACK)}")
# For what a quoted message is called, and where it stands.
LOOK_SECONDS = 1.0
LINKS = re.compile(r"^asking\.open:")

log = structlog.get_logger()


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to them."""
    asking = Asking(slack)
    app.command(COMMAND)(asking.command)
    app.shortcut(GLOBAL_SHORTCUT)(asking.shortcut)
    app.shortcut(MESSAGE_SHORTCUT)(asking.help_with_message)
    app.event("app_home_opened")(asking.home_opened)
    app.action(NEW)(asking.shortcut)
    app.action(FORM_BUTTONS)(asking.form)
    app.action(LINKS)(asking.link)
    app.view(NEW)(asking.submit)
    app.view(FORM_VIEWS)(asking.submit_form)


@dataclass(frozen=True)
class Sent:
    """A window that somebody has sent off."""

    team: str
    user: str
    view: Json

    @classmethod
    def of(cls, body: Json, view: Json) -> "Sent":
        """As Slack tells of it."""
        return cls(str(body["team"]["id"]), str(body["user"]["id"]), view)

    @property
    def state(self) -> Json:
        """What it was opened with; empty when it is none of ours."""
        try:
            found = json.loads(self.view.get("private_metadata") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def language(self) -> str:
        """That of the window."""
        return "pl" if self.state.get("l") == "pl" else "en"

    @property
    def key(self) -> str:
        """Its request's, however often it is sent off."""
        return f"view:{self.view.get('id')}"

    def value(self, block: str) -> Json:
        """What was filled in there."""
        values = (self.view.get("state") or {}).get("values") or {}
        found: Json = (values.get(block) or {}).get("value") or {}
        return found

    @property
    def words(self) -> str:
        """What was typed, and the message that it is about."""
        typed = str(self.value("words").get("value") or "").strip()
        about = self.state.get("about")
        if not isinstance(about, list) or len(about) != 2:
            return typed
        quote = "\n".join(f"> {line}" for line in str(about[0]).splitlines())
        return "\n\n".join(part for part in (typed, quote, str(about[1])) if part)


class Asking:
    """What each of them does."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._beginnings = Beginnings(slack)
        self._home = Home(slack, self._beginnings)

    async def command(self, ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        """With words: a request at once; without: the window. What Slack's own answer comes too
        early for is said by another post, for the same person alone."""
        is_late = False

        async def tell(words: str | None = None) -> None:
            if is_late:
                if words is not None:
                    await respond(text=words, response_type="ephemeral")
            elif words is None:
                await ack()
            else:
                await ack(text=words)

        if not await self._slack.later.answered(self._command(tell, body), "slack command"):
            is_late = True
            await ack()

    async def _command(self, tell: Tell, body: Json) -> None:
        team, user, language = str(body["team_id"]), str(body["user_id"]), "en"
        try:
            person = await self._slack.people.find(team, user)
            language = person.language
            words = await words_in(self._slack, team, str(body.get("text") or ""))
            choices = self._beginnings.choices(team, person)
            if not choices:
                await tell(self._beginnings.refusal(team, person))
            elif not words:
                state = json.dumps({"l": language})
                await self._open(team, body, new_view(choices, language, state=state, about=None))
                await tell()
            else:
                key = f"command:{body['trigger_id']}"
                asked = Asked(team, user, choices[0].desk, words, key)
                await tell(await self._begin(asked, person))
        except (SlackFault, FirstlineError) as fault:
            await tell(_why(fault, language))

    async def shortcut(self, ack: AsyncAck, body: Json) -> None:
        """The window for a new request; from the home page as well."""
        await ack()
        await self._in_time(body, self._ask(body, about=None), "slack shortcut")

    async def help_with_message(self, ack: AsyncAck, body: Json) -> None:
        """The window, about some message."""
        await ack()
        await self._in_time(body, self._ask_about(body), "slack message shortcut")

    async def _in_time(self, body: Json, work: Coroutine[Any, Any, None], name: str) -> None:
        """Opens a window; whoever waits for it is told when there will be none."""

        async def do() -> None:
            try:
                await work
            except (SlackFault, FirstlineError) as fault:
                team, user = str(body["team"]["id"]), str(body["user"]["id"])
                language = await self._slack.people.language(team, user)
                tell_directly(self._slack, team, user, _why(fault, language))

        await self._slack.later.answered(do(), name)

    async def _ask_about(self, body: Json) -> None:
        team = str(body["team"]["id"])
        message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id", ""))
        words, link = quotable(message), ""
        if author := str(message.get("user") or ""):
            words = f"<@{author}>: {words}"
        markup, words = words, words_of(words, without="", names={})
        try:  # Slack keeps the place for the window for three seconds
            async with asyncio.timeout(LOOK_SECONDS):
                words = await words_in(self._slack, team, markup)
                said = await self._slack.calls.call(
                    team, "chat.getPermalink", channel=channel, message_ts=str(message.get("ts"))
                )
                link = str(said.get("permalink") or "")
        except (SlackFault, TimeoutError) as fault:
            log.info("slack.no_permalink", problem=str(fault))
        await self._ask(body, about=Quoted(words, link))

    async def _ask(self, body: Json, *, about: Quoted | None) -> None:
        team, user = str(body["team"]["id"]), str(body["user"]["id"])
        person = await self._slack.people.find(team, user)
        choices = self._beginnings.choices(team, person)
        if not choices:
            view = note_view(self._beginnings.refusal(team, person), person.language)
        else:
            about = about and Quoted(about.text[:MOST_QUOTED], about.link)
            state: Json = {"l": person.language}
            if about is not None:
                state["about"] = [about.text, about.link]
            view = new_view(
                choices, person.language, state=json.dumps(state, ensure_ascii=False), about=about
            )
        await self._open(team, body, view)

    async def form(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """The window of a form, in the place of the one that it was chosen in."""
        await ack()
        await self._in_time(body, self._form(body, action), "slack form")

    async def _form(self, body: Json, action: Json) -> None:
        team, user = str(body["team"]["id"]), str(body["user"]["id"])
        desk, _, name = str(action["action_id"]).removeprefix(FORM).partition(":")
        person = await self._slack.people.find(team, user)
        press, state = read_press(body), {"desk": desk, "l": person.language}
        if press is not None:  # under the bot's question: what is filled in lands in that thread
            thread = await threads.look_at(self._slack, press.place)
            if thread.requester is not None and thread.requester != user:
                words = text("slack.not_your_button", thread.language or person.language)
                whisper(self._slack, press.place, user, words)
                return
            state["thread"] = press.place.key
        allowed = {
            (c.desk, form) for c in self._beginnings.choices(team, person) for form in c.forms
        }
        if (desk, name) not in allowed:  # a home page from before the desk changed its forms
            await self._open(
                team, body, note_view(text("slack.old_button", person.language), person.language)
            )
            return
        view = form_view(FORMS[name], person.language, state=json.dumps(state), email=person.email)
        shown = body.get("view") or {}
        if shown.get("type") == "modal":
            await self._slack.calls.call(team, "views.update", view_id=shown["id"], view=view)
        else:
            await self._open(team, body, view)

    async def submit(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A new request in words."""
        sent = Sent.of(body, view)
        words = sent.words
        if not words:  # told at once: nobody need be asked for that
            await ack(**refused("words", text("asking.empty", sent.language)).fields)
            return
        await self._submitted(
            ack, sent, "words", lambda person: self._in_words(sent, person, words)
        )

    async def submit_form(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A new request with all its facts."""
        sent = Sent.of(body, view)
        form = FORMS.get(str(view.get("callback_id", "")).removeprefix(CALLBACK))
        if form and (faults := faults_in(form, answers_of(form, view), sent.language)):
            await ack(response_action="errors", errors=faults)
            return
        block = form.questions[0].slot if form else ""
        await self._submitted(ack, sent, block, lambda person: self._by_form(sent, person, form))

    async def _submitted(
        self, ack: AsyncAck, sent: Sent, block: str, does: Callable[[Person], Awaitable[Answer]]
    ) -> None:
        async def work() -> Answer:
            """What fails is told in the window, where everything typed is still there."""
            try:
                return await does(await self._slack.people.find(sent.team, sent.user))
            except (SlackFault, FirstlineError) as fault:
                words = _why(fault, sent.language)
                return refused(block, words) if block else _instead(words, sent.language)

        key = f"asked:{sent.key}"
        await answer_in_time(
            self._slack.later,
            ack,
            work,
            key=key,
            order=str(sent.state.get("thread") or key),
            meanwhile=note_view(text("asking.on_its_way", sent.language), sent.language),
            tell=lambda words: tell_directly(self._slack, sent.team, sent.user, words),
            failed=text("asking.failed", sent.language),
        )

    async def _in_words(self, sent: Sent, person: Person, words: str) -> Answer:
        choices = self._beginnings.choices(sent.team, person)
        option = sent.value("desk").get("selected_option") or {}
        desk = str(option.get("value") or (choices[0].desk if choices else ""))
        if desk not in {choice.desk for choice in choices}:
            return refused("words", self._beginnings.refusal(sent.team, person))
        return await self._open_thread(Asked(sent.team, sent.user, desk, words, sent.key), person)

    async def _by_form(self, sent: Sent, person: Person, form: WindowForm | None) -> Answer:
        desk = str(sent.state.get("desk", ""))
        choices = {choice.desk for choice in self._beginnings.choices(sent.team, person)}
        if form is None or desk not in choices:
            return _instead(self._beginnings.refusal(sent.team, person), person.language)
        answers = answers_of(form, sent.view)
        words = words_of_answers(form, answers, person.language)
        thread = sent.state.get("thread")
        place = Place.of(str(thread)) if thread else None
        asked = Asked(sent.team, sent.user, desk, words, sent.key, form.intent, answers, place)
        return await self._open_thread(asked, person)

    async def _open_thread(self, asked: Asked, person: Person) -> Answer:
        await self._beginnings.begin(asked, person)
        self._slack.later.start(self._draw_home(asked, person), "slack home")
        return Answer()

    async def _draw_home(self, asked: Asked, person: Person) -> None:
        try:
            await self._home.publish(asked.team, asked.user, person)
        except SlackFault as fault:  # it is drawn when it is opened
            log.info("slack.home_not_drawn", problem=str(fault))

    async def _begin(self, asked: Asked, person: Person) -> str:
        """Opens it; words for whoever asked."""
        language, found, is_late = person.language, list[Place](), False

        async def begin() -> None:
            try:
                found.append(await self._beginnings.begin(asked, person))
            except Exception:
                if is_late:  # "Got it" was too early
                    words = text("asking.failed", language)
                    tell_directly(self._slack, asked.team, asked.user, words)
                raise
            self._slack.later.start(self._draw_home(asked, person), "slack home")

        try:
            await self._slack.later.in_time(f"asked:{asked.key}", asked.key, begin)
        except NoRoom:
            return text("asking.busy", language)
        except StillAtWork:
            is_late = True
        link = await self._link(found[0]) if found else ""
        return text("asking.opened", language, link=link)

    async def _link(self, place: Place) -> str:
        """To the thread, which is there with and without it."""
        try:
            found = await self._beginnings.link(place)
        except SlackFault as fault:
            log.info("slack.no_permalink", problem=str(fault))
            return ""
        return f"<{found}>" if found else ""

    async def home_opened(self, body: Json, event: Json) -> None:
        """What is open, with its state."""
        if event.get("tab") != "home":
            return
        team, user = str(body["team_id"]), str(event["user"])
        person = await self._slack.people.find(team, user)
        await self._home.publish(team, user, person)

    async def link(self, ack: AsyncAck) -> None:
        """Slack itself opens the address."""
        await ack()

    async def _open(self, team: str, body: Json, view: Json) -> None:
        await self._slack.calls.call(
            team, "views.open", trigger_id=str(body.get("trigger_id", "")), view=view
        )


def _why(fault: SlackFault | FirstlineError, language: str) -> str:
    if isinstance(fault, FirstlineError):
        return fault.message(language)
    log.warning("slack.asking_failed", problem=str(fault))
    return text("asking.busy", language)


def _instead(words: str, language: str) -> Answer:
    """In the place of a window that is of no use any more."""
    return Answer({"response_action": "update", "view": note_view(words, language)}, words)
