"""What an agent does with a conversation: every button of the inbox."""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

from fastapi import APIRouter, Request, Response

from bot.accounts.models import Agent
from bot.channel import Author, AuthorKind, Hint, thread_topic
from bot.conversations.errors import NotFound
from bot.conversations.state import Status
from bot.handling.notes import Notes
from bot.handoff.service import Handoffs
from bot.inbox import queries
from bot.inbox.guard import form_fields, is_htmx, visitor
from bot.inbox.screen import REFRESH, Screen, back_to, number
from bot.writing.drafts import Drafts, Kind


class Move(Protocol):
    """One of Handoffs' moves."""

    async def __call__(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """Raises StaleSend, NotYours, NotPossibleNow or NotFound."""


@dataclass(frozen=True)
class Actions:
    """Handlers of everything that changes a conversation."""

    screen: Screen
    handoffs: Handoffs
    drafts: Drafts
    notes: Notes

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.post("/conversations/{conversation_id}/claim")(self.claim)
        router.post("/conversations/{conversation_id}/release")(self.release)
        router.post("/conversations/{conversation_id}/return_to_bot")(self.return_to_bot)
        router.post("/conversations/{conversation_id}/close")(self.close)
        router.post("/conversations/{conversation_id}/spam")(self.spam)
        router.post("/conversations/{conversation_id}/snooze")(self.snooze)
        router.post("/conversations/{conversation_id}/wake")(self.wake)
        router.post("/conversations/{conversation_id}/send_again")(self.send_again)
        router.post("/conversations/{conversation_id}/note")(self.note)
        router.post("/conversations/{conversation_id}/typing")(self.types)

    async def claim(self, request: Request, conversation_id: str) -> Response:
        """Takes the conversation."""
        return await self._move(request, conversation_id, self.handoffs.claim)

    async def release(self, request: Request, conversation_id: str) -> Response:
        """Gives it back to the queue."""
        return await self._move(request, conversation_id, self.handoffs.release)

    async def return_to_bot(self, request: Request, conversation_id: str) -> Response:
        """Gives it back to the bot."""
        return await self._move(request, conversation_id, self.handoffs.return_to_bot)

    async def close(self, request: Request, conversation_id: str) -> Response:
        """Ends it, unless the customer wrote what is not on the page and was never read."""
        read = (await form_fields(request)).get("read")
        read_seq = number(read) if read else None
        return await self._move(
            request, conversation_id, partial(self.handoffs.close, read_seq=read_seq)
        )

    async def spam(self, request: Request, conversation_id: str) -> Response:
        """Ends it, and asks nobody what they thought of it."""
        return await self._move(request, conversation_id, self.handoffs.close_as_spam)

    async def wake(self, request: Request, conversation_id: str) -> Response:
        """Goes on with it before its time."""
        return await self._move(request, conversation_id, self.handoffs.wake)

    async def snooze(self, request: Request, conversation_id: str) -> Response:
        """Puts it off until the chosen time."""
        fields = await form_fields(request)
        await self.handoffs.snooze(
            visitor(request).agent,
            conversation_id,
            epoch=number(fields.get("epoch")),
            choice=fields.get("until", ""),
            when=fields.get("when", ""),
        )
        return await self._page(request, conversation_id)

    async def send_again(self, request: Request, conversation_id: str) -> Response:
        """Tries once more to deliver what could not be delivered."""
        fields = await form_fields(request)
        await self.handoffs.send_again(
            visitor(request).agent,
            conversation_id,
            epoch=number(fields.get("epoch")),
            seq=number(fields.get("seq")),
        )
        return await self._page(request, conversation_id)

    async def _move(self, request: Request, conversation_id: str, move: Move) -> Response:
        fields = await form_fields(request)
        agent = visitor(request).agent
        await move(agent, conversation_id, epoch=number(fields.get("epoch")))
        return await self._page(request, conversation_id)

    async def _page(self, request: Request, conversation_id: str) -> Response:
        """The page anew, or the way to it."""
        if not is_htmx(request):
            return back_to(conversation_id)
        page = await self.screen.show_conversation(request, conversation_id)
        page.headers.update(REFRESH)
        return page

    async def types(self, request: Request, conversation_id: str) -> Response:
        """Shows the customer that their agent is writing."""
        agent = visitor(request).agent
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
        if found is None:
            raise NotFound
        conversation, _ = found
        if conversation.agent_id == agent.id and conversation.status is Status.WITH_AGENT:
            topic = thread_topic(conversation.channel, conversation.thread)
            author = Author(AuthorKind.AGENT, conversation.agent_name)
            self.screen.bus.publish(Hint(topic, "typing", (author, True)))
        return Response(status_code=204)

    async def note(self, request: Request, conversation_id: str) -> Response:
        """Writes a note for colleagues; it has a form, a route and a table of its own."""
        fields = await form_fields(request)
        await self.notes.write(visitor(request).agent, conversation_id, fields.get("note", ""))
        await self.drafts.clear(visitor(request).agent, conversation_id, Kind.NOTE)
        return await self.screen.form_again(request, conversation_id, "_note_form.html")
