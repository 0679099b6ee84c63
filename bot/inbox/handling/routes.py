"""Every button of this folder: one route each, one transaction each."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.handling.errors import NoSuchColleague
from bot.handling.labels import Labels
from bot.handling.parts import Handling
from bot.inbox.guard import HOME, doer_of, form_fields, visitor
from bot.inbox.handling.forms import back, chosen, numbers
from bot.inbox.screen import Screen, number

FIELD = "field."  # before the name of a desk's own field
HERE = "/conversations/{conversation_id}"


@dataclass(frozen=True)
class HandlingRoutes:
    """Handlers of everything here that changes something."""

    screen: Screen
    handling: Handling

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.post(f"{HERE}/hand_over")(self.hand_over)
        router.post(f"{HERE}/give_back")(self.give_back)
        router.post(f"{HERE}/facts")(self.put_fact)
        router.post(f"{HERE}/labels")(self.put_labels)
        router.post(f"{HERE}/fields")(self.put_fields)
        router.post(f"{HERE}/ask")(self.ask)
        router.post(f"{HERE}/questions/{{question}}/answer")(self.answer)
        router.post(f"{HERE}/rate")(self.rate)
        router.post(f"{HERE}/priority")(self.put_priority)
        router.post(f"{HERE}/merge")(self.merge)
        router.post(f"{HERE}/unmerge")(self.unmerge)
        router.post(f"{HERE}/block")(self.block)
        router.post(f"{HERE}/unblock")(self.unblock)

    async def hand_over(self, request: Request, conversation_id: str) -> Response:
        """To a colleague or to another desk, as `to` says: «agent:…» or «desk:…»."""
        fields, agent = await form_fields(request), visitor(request).agent
        kind, _, to = fields.get("to", "").partition(":")
        epoch, note = number(fields.get("epoch")), fields.get("note", "")
        transfers = self.handling.transfers
        if kind == "agent":
            await transfers.to_agent(agent, conversation_id, epoch=epoch, to_id=to, note=note)
        elif kind == "desk":
            await transfers.to_desk(agent, conversation_id, epoch=epoch, desk=to, note=note)
        else:
            raise NoSuchColleague
        return await back(self.screen, request, conversation_id)

    async def give_back(self, request: Request, conversation_id: str) -> Response:
        """To the bot, with what it may use and a summary."""
        fields = await form_fields(request)
        await self.handling.giving_back.give_back(
            visitor(request).agent,
            conversation_id,
            epoch=number(fields.get("epoch")),
            summary=fields.get("summary", ""),
            facts=await chosen(request, "fact"),
        )
        return await back(self.screen, request, conversation_id)

    async def put_fact(self, request: Request, conversation_id: str) -> Response:
        """A fact put right, or a new one."""
        fields = await form_fields(request)
        name, value = fields.get("name", ""), fields.get("value", "")
        await self.handling.facts.put(visitor(request).agent, conversation_id, name, value)
        return await back(self.screen, request, conversation_id)

    async def put_labels(self, request: Request, conversation_id: str) -> Response:
        """Exactly the labels that are ticked."""
        ticked = numbers(await chosen(request, "label"))
        await self.handling.labels.choose(visitor(request).agent, conversation_id, ticked)
        return await back(self.screen, request, conversation_id)

    async def put_fields(self, request: Request, conversation_id: str) -> Response:
        """The desk's own fields."""
        fields = await form_fields(request)
        values = {
            name.removeprefix(FIELD): value
            for name, value in fields.items()
            if name.startswith(FIELD)
        }
        await self.handling.fields.put(visitor(request).agent, conversation_id, values)
        return await back(self.screen, request, conversation_id)

    async def ask(self, request: Request, conversation_id: str) -> Response:
        """A question to one colleague."""
        fields = await form_fields(request)
        to, words = fields.get("to", ""), fields.get("note", "")
        await self.handling.notes.ask(visitor(request).agent, conversation_id, to, words)
        return await back(self.screen, request, conversation_id)

    async def answer(self, request: Request, conversation_id: str, question: str) -> Response:
        """The answer to one, as a note."""
        words = (await form_fields(request)).get("note", "")
        await self.handling.notes.answer(
            visitor(request).agent, conversation_id, number(question), words
        )
        return await back(self.screen, request, conversation_id)

    async def rate(self, request: Request, conversation_id: str) -> Response:
        """Whether the handoff told enough."""
        fields = await form_fields(request)
        await self.handling.ratings.rate(
            visitor(request).agent,
            conversation_id,
            enough=fields.get("enough") == "yes",
            missing=fields.get("missing", ""),
        )
        return await back(self.screen, request, conversation_id)

    async def put_priority(self, request: Request, conversation_id: str) -> Response:
        """How urgent it is."""
        word = (await form_fields(request)).get("priority", "")
        await self.handling.priorities.put(visitor(request).agent, conversation_id, word)
        return await back(self.screen, request, conversation_id)

    async def merge(self, request: Request, conversation_id: str) -> Response:
        """Closes this one in favour of another."""
        fields = await form_fields(request)
        main = fields.get("main", "")
        await self.handling.merging.merge(
            visitor(request).agent,
            conversation_id,
            epoch=number(fields.get("epoch")),
            main_id=main,
        )
        return await back(self.screen, request, conversation_id)

    async def unmerge(self, request: Request, conversation_id: str) -> Response:
        """The link is gone."""
        await self.handling.merging.undo(visitor(request).agent, conversation_id)
        return await back(self.screen, request, conversation_id)

    async def block(self, request: Request, conversation_id: str) -> Response:
        """The customer's next messages are refused."""
        reason = (await form_fields(request)).get("reason", "")
        await self.handling.blocking.block(visitor(request).agent, conversation_id, reason=reason)
        return await back(self.screen, request, conversation_id)

    async def unblock(self, request: Request, conversation_id: str) -> Response:
        """They are welcome again."""
        await self.handling.blocking.unblock(visitor(request).agent, conversation_id)
        return await back(self.screen, request, conversation_id)


@dataclass(frozen=True)
class LabelRoutes:
    """What whoever keeps a desk's labels can do."""

    labels: Labels

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.post("/labels")(self.make_label)
        router.post("/labels/{label}/retire")(self.retire_label)

    async def make_label(self, request: Request) -> Response:
        """A new one for a desk."""
        fields = await form_fields(request)
        await self.labels.make(
            visitor(request).agent,
            doer_of(request),
            fields.get("desk", ""),
            fields.get("name", ""),
            fields.get("colour", ""),
        )
        return RedirectResponse(f"{HOME}/labels", 303)

    async def retire_label(self, request: Request, label: str) -> Response:
        """Offered no more."""
        await self.labels.retire(visitor(request).agent, doer_of(request), number(label))
        return RedirectResponse(f"{HOME}/labels", 303)
