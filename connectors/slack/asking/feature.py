"""`/ithelp`, the shortcuts, the home page and their windows: what is listened to."""

import json
import re
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.channel import FirstlineError
from bot.texts import text
from connectors.slack.asking.begin import Asked, Beginnings
from connectors.slack.asking.forms import (
    CALLBACK,
    FORMS,
    answers_of,
    faults_in,
    form_view,
    words_of_answers,
)
from connectors.slack.asking.home import Home
from connectors.slack.asking.names import COMMAND, GLOBAL_SHORTCUT, MESSAGE_SHORTCUT
from connectors.slack.asking.views import FORM, MOST_QUOTED, NEW, Quoted, new_view, note_view
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.later import StillAtWork
from connectors.slack.people import Person
from connectors.slack.receive import words_in

# `Any`: Slack's JSON.
Json = dict[str, Any]
FORM_BUTTONS = re.compile(rf"^{re.escape(FORM)}")
FORM_VIEWS = re.compile(rf"^{re.escape(CALLBACK)}")
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


class Asking:
    """What each of them does."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._beginnings = Beginnings(slack)
        self._home = Home(slack, self._beginnings)

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """With words: a request at once; without: the window."""
        team, user = str(body["team_id"]), str(body["user_id"])
        try:
            person = await self._slack.people.find(team, user)
            words = await words_in(self._slack, team, str(body.get("text") or ""))
            choices = self._beginnings.choices(team, person)
            if not choices:
                await ack(text=self._beginnings.refusal(team, person))
            elif not words:
                await self._open(
                    team, body, new_view(choices, person.language, state="{}", about=None)
                )
                await ack()
            else:
                key = f"command:{body['trigger_id']}"
                asked = Asked(team, user, choices[0].desk, words, key)
                await ack(text=await self._begin(asked, person))
        except (SlackFault, FirstlineError) as fault:
            await ack(text=_why(fault, "en"))

    async def shortcut(self, ack: AsyncAck, body: Json) -> None:
        """The window for a new request; from the home page as well."""
        await ack()
        await self._ask(body, about=None)

    async def help_with_message(self, ack: AsyncAck, body: Json) -> None:
        """The window, about some message."""
        await ack()
        team = str(body["team"]["id"])
        message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id", ""))
        words = await words_in(self._slack, team, str(message.get("text") or ""))
        link = ""
        try:
            said = await self._slack.calls.call(
                team, "chat.getPermalink", channel=channel, message_ts=str(message.get("ts", ""))
            )
            link = str(said.get("permalink") or "")
        except SlackFault as fault:
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
            state = {"about": [about.text, about.link]} if about else {}
            view = new_view(
                choices, person.language, state=json.dumps(state, ensure_ascii=False), about=about
            )
        await self._open(team, body, view)

    async def form(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """The window of a form, in the place of the one that it was chosen in."""
        await ack()
        team, user = str(body["team"]["id"]), str(body["user"]["id"])
        desk, _, name = str(action["action_id"]).removeprefix(FORM).partition(":")
        person = await self._slack.people.find(team, user)
        allowed = {
            (c.desk, form) for c in self._beginnings.choices(team, person) for form in c.forms
        }
        if (desk, name) not in allowed:  # a home page from before the desk changed its forms
            await self._open(
                team, body, note_view(text("slack.old_button", person.language), person.language)
            )
            return
        state = json.dumps({"desk": desk})
        view = form_view(FORMS[name], person.language, state=state, email=person.email)
        shown = body.get("view") or {}
        if shown.get("type") == "modal":
            await self._slack.calls.call(team, "views.update", view_id=shown["id"], view=view)
        else:
            await self._open(team, body, view)

    async def submit(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A new request in words."""
        team, user = str(body["team"]["id"]), str(body["user"]["id"])
        person = await self._slack.people.find(team, user)
        values, state = (view.get("state") or {}).get("values") or {}, _state(view)
        words = str(((values.get("words") or {}).get("value") or {}).get("value") or "").strip()
        option = ((values.get("desk") or {}).get("value") or {}).get("selected_option") or {}
        about = state.get("about")
        if isinstance(about, list) and len(about) == 2:
            quote = "\n".join(f"> {line}" for line in str(about[0]).splitlines())
            words = "\n\n".join(part for part in (words, quote, str(about[1])) if part)
        choices = self._beginnings.choices(team, person)
        desk = str(option.get("value") or (choices[0].desk if choices else ""))
        if not words:
            await _refuse(ack, "words", text("asking.empty", person.language))
        elif desk not in {choice.desk for choice in choices}:
            await _refuse(ack, "words", self._beginnings.refusal(team, person))
        else:
            asked = Asked(team, user, desk, words, f"view:{view.get('id')}")
            await self._submit(ack, asked, person, "words")

    async def submit_form(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A new request with all its facts."""
        team, user = str(body["team"]["id"]), str(body["user"]["id"])
        person = await self._slack.people.find(team, user)
        form = FORMS.get(str(view.get("callback_id", "")).removeprefix(CALLBACK))
        desk = str(_state(view).get("desk", ""))
        choices = {choice.desk for choice in self._beginnings.choices(team, person)}
        if form is None or desk not in choices:
            await ack(
                response_action="update",
                view=note_view(self._beginnings.refusal(team, person), person.language),
            )
            return
        answers = answers_of(form, view)
        faults = faults_in(form, answers, person.language)
        if faults:
            await ack(response_action="errors", errors=faults)
            return
        words = words_of_answers(form, answers, person.language)
        key = f"view:{view.get('id')}"
        asked = Asked(team, user, desk, words, key, form.intent, answers)
        await self._submit(ack, asked, person, form.questions[0].slot)

    async def _submit(self, ack: AsyncAck, asked: Asked, person: Person, block: str) -> None:
        """What fails is told in the window, where everything typed is still there."""
        try:
            told = await self._begin(asked, person)
        except (SlackFault, FirstlineError) as fault:
            await _refuse(ack, block, _why(fault, person.language))
        else:
            log.info("slack.asked", told=bool(told))
            await ack()

    async def _begin(self, asked: Asked, person: Person) -> str:
        """Opens it; words for whoever asked."""
        found: list[str] = []

        async def begin() -> None:
            place = await self._beginnings.begin(asked, person)
            link = await self._beginnings.link(place)
            found.append(text("asking.opened", person.language, link=f"<{link}>" if link else ""))
            await self._home.publish(asked.team, asked.user, person)

        try:
            await self._slack.later.in_time(f"asked:{asked.key}", asked.key, begin)
        except StillAtWork:
            return text("asking.opened", person.language, link="")
        return found[0] if found else text("asking.opened", person.language, link="")

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


async def _refuse(ack: AsyncAck, block: str, words: str) -> None:
    await ack(response_action="errors", errors={block: words})


def _state(view: Json) -> Json:
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
