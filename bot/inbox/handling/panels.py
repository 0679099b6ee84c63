"""The forms of this folder: beside the conversation with script, a page of their own without."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.accounts.presence import Presence
from bot.accounts.repository import get_agent
from bot.accounts.standing import State
from bot.handling.errors import NoSuchColleague, NoSuchQuestion
from bot.handling.facts import fact_name, value_in
from bot.handling.give_back import usable_facts
from bot.handling.labels import COLOURS
from bot.handling.notes import others
from bot.inbox import reading
from bot.inbox.guard import is_htmx, language_of, visitor
from bot.inbox.reading import OpenConversation
from bot.inbox.screen import Screen, asked_view
from bot.merged.repository import group
from bot.priority import Priority
from bot.records import repository
from bot.texts import catalogue, text

MOST_OTHERS = 20


@dataclass(frozen=True)
class Panels:
    """Handlers that only show a form."""

    screen: Screen
    presence: Presence

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        here = "/conversations/{conversation_id}/panel"
        router.get(f"{here}/hand_over")(self.hand_over)
        router.get(f"{here}/give_back")(self.give_back)
        router.get(f"{here}/fact")(self.fact)
        router.get(f"{here}/labels")(self.labels)
        router.get(f"{here}/fields")(self.fields)
        router.get(f"{here}/ask")(self.ask)
        router.get(f"{here}/answer")(self.answer)
        router.get(f"{here}/colleague")(self.colleague)
        router.get("/conversations/{conversation_id}/colleagues")(self.colleagues)
        router.get(f"{here}/rate")(self.rate)
        router.get(f"{here}/priority")(self.priority)
        router.get(f"{here}/merge")(self.merge)
        router.get(f"{here}/block")(self.block)
        router.get(f"{here}/snooze")(self.snooze)

    async def hand_over(self, request: Request, conversation_id: str) -> Response:
        """To whom, with a note."""
        opened = await self._opened(request, conversation_id)
        people = await self._colleagues(request, opened)
        desks = [desk.id for desk in self.screen.desks.all() if desk.id != opened.conversation.desk]
        people = [one for one in people if one[0].id != opened.conversation.agent_id]
        agent = visitor(request).agent
        if opened.abilities.is_taken_by_other and may(agent, Permission.DIRECT):
            people.insert(0, (agent, True))  # a lead takes over
        return await self._show(request, opened, "hand_over", people=people, desks=desks)

    async def ask(self, request: Request, conversation_id: str) -> Response:
        """Whom, and what."""
        opened = await self._opened(request, conversation_id)
        people = await self._colleagues(request, opened)
        return await self._show(request, opened, "ask", people=people, asked=request.query_params)

    async def answer(self, request: Request, conversation_id: str) -> Response:
        """The answer to a question of a colleague's."""
        opened = await self._opened(request, conversation_id)
        wanted = request.query_params.get("question", "")
        mine = (one for one in opened.records.questions if one.is_mine and str(one.id) == wanted)
        question = next(mine, None)
        if question is None:
            raise NoSuchQuestion
        return await self._show(request, opened, "answer", question=question)

    async def colleague(self, request: Request, conversation_id: str) -> Response:
        """Who a note names, and whether they are there. Raises NoSuchColleague."""
        opened = await self._opened(request, conversation_id)
        who, desks = request.query_params.get("who", ""), set(visitor(request).agent.desks)
        async with self.screen.db.read() as session:
            person = await get_agent(session, who)
            named = await repository.named_in_notes(session, conversation_id)
        is_named = any(one[0] == who for people in named.values() for one in people)
        if person is None or not (is_named or desks & set(person.desks)):
            raise NoSuchColleague
        here = {one.id: one.presence for one in await self.presence.here()}
        state = here.get(person.id, State.OFFLINE)
        return await self._show(request, opened, "colleague", person=person, state=str(state))

    async def colleagues(self, request: Request, conversation_id: str) -> Response:
        """Whom a note here may name, for the list behind @: those who are there first."""
        opened = await self._opened(request, conversation_id)
        language = language_of(request)
        people = [
            {
                "name": " ".join(one.name.split()),
                "aside": "" if is_online else text("inbox.handling.offline", language),
            }
            for one, is_online in await self._colleagues(request, opened)
        ]
        return JSONResponse(people)

    async def give_back(self, request: Request, conversation_id: str) -> Response:
        """What the bot may use."""
        opened = await self._opened(request, conversation_id)
        usable = usable_facts(opened.packet)
        return await self._show(request, opened, "give_back", usable=usable)

    async def fact(self, request: Request, conversation_id: str) -> Response:
        """One fact; without a name, a new one."""
        opened = await self._opened(request, conversation_id)
        name = fact_name(request.query_params.get("name", ""))
        value = value_in(opened.packet, name) if name else None
        of_few = _values_of(name) if value is None or value in _values_of(name) else []
        return await self._show(
            request, opened, "fact", fact_key=name, value=value or "", values=of_few
        )

    async def labels(self, request: Request, conversation_id: str) -> Response:
        """The desk's labels, those on the conversation ticked."""
        opened = await self._opened(request, conversation_id)
        async with self.screen.db.read() as session:
            offered = await repository.labels_of_desks(session, [opened.conversation.desk])
        on = {label.id for label in opened.records.labels}
        # A retired one, or another desk's, can still be taken off.
        offered = [*offered, *(one for one in opened.records.labels if one not in offered)]
        return await self._show(request, opened, "labels", offered=offered, on=on)

    async def fields(self, request: Request, conversation_id: str) -> Response:
        """The desk's own fields."""
        opened = await self._opened(request, conversation_id)
        return await self._show(request, opened, "fields")

    async def rate(self, request: Request, conversation_id: str) -> Response:
        """Whether the handoff told enough."""
        return await self._show(request, await self._opened(request, conversation_id), "rate")

    async def priority(self, request: Request, conversation_id: str) -> Response:
        """How urgent it is."""
        opened = await self._opened(request, conversation_id)
        words = [one.word for one in reversed(Priority)]
        now = Priority(opened.conversation.priority).word
        return await self._show(request, opened, "priority", words=words, now_is=now)

    async def block(self, request: Request, conversation_id: str) -> Response:
        """Why the customer is blocked."""
        return await self._show(request, await self._opened(request, conversation_id), "block")

    async def snooze(self, request: Request, conversation_id: str) -> Response:
        """A time of the agent's own."""
        opened = await self._opened(request, conversation_id)
        zone = self.screen.desks.get(opened.conversation.desk).timezone.key
        return await self._show(request, opened, "snooze", zone=zone)

    async def merge(self, request: Request, conversation_id: str) -> Response:
        """In favour of which of the customer's conversations, under all of their addresses."""
        opened = await self._opened(request, conversation_id)
        agent, here = visitor(request).agent, opened.conversation
        async with self.screen.db.read() as session:
            same = await group(session, here.customer_id)
            found = await repository.others_of(session, same, here, agent.desks, limit=MOST_OTHERS)
        return await self._show(request, opened, "merge", others=found)

    async def _opened(self, request: Request, conversation_id: str) -> OpenConversation:
        async with self.screen.db.read() as session:
            agent = visitor(request).agent
            return await reading.open_conversation(session, agent, conversation_id)

    async def _colleagues(
        self, request: Request, opened: OpenConversation
    ) -> list[tuple[Agent, bool]]:
        """Who else works at the desk, and whether their inbox is open; those first."""
        agent = visitor(request).agent
        async with self.screen.db.read() as session:
            people = await repository.colleagues(session, opened.conversation.desk)
        online = {one.id for one in await self.presence.here() if one.presence == State.ONLINE}
        found = [(one, one.id in online) for one in others(people, agent)]
        return sorted(found, key=lambda one: not one[1])

    async def _show(
        self, request: Request, opened: OpenConversation, panel: str, **values: object
    ) -> Response:
        template = "panel.html" if is_htmx(request) else "panel_page.html"
        html = self.screen.render(
            request,
            f"handling/{template}",
            panel=panel,
            opened=opened,
            conversation=opened.conversation,
            view=await asked_view(request, opened),
            **values,
        )
        return HTMLResponse(html)


@dataclass(frozen=True)
class LabelPage:
    """The page of whoever keeps a desk's labels."""

    screen: Screen

    def add_to(self, router: APIRouter) -> None:
        """Adds the route."""
        router.get("/labels")(self.manage_labels)

    async def manage_labels(self, request: Request) -> Response:
        """All labels of the agent's desks."""
        agent = visitor(request).agent
        async with self.screen.db.read() as session:
            labels = await repository.labels_of_desks(session, agent.desks, with_retired=True)
        html = self.screen.render(
            request, "handling/manage_labels.html", labels=labels, colours=COLOURS
        )
        return HTMLResponse(html)


def _values_of(name: str) -> list[str]:
    """The values of a fact that is one of a few."""
    prefix = f"inbox.value.{name}."
    return [key.removeprefix(prefix) for key in catalogue() if key.startswith(prefix)]
