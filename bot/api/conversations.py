"""Conversations, their messages, notes and packet; and what an agent may do with them."""

from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Path, Query

from bot.api import repository
from bot.api.guard import Guard
from bot.api.repository import Filter
from bot.api.schemas import (
    ConversationOut,
    ConversationPage,
    MessageList,
    MessageOut,
    MoveIn,
    NoteIn,
    NoteList,
    NoteOut,
    PacketOut,
    ReplyIn,
)
from bot.api.shapes import conversation_out, cursor_of, packet_out, place_of
from bot.api_tokens.scopes import Scope
from bot.api_tokens.service import Program
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation, Customer
from bot.conversations.state import Status
from bot.db import Database
from bot.handoff.queries import load_packet
from bot.handoff.service import Handoffs, Reply
from bot.webhooks.payload import message_as_json, note_as_json

Id = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,36}$")]
Limit = Annotated[int, Query(ge=1, le=200)]
MoveName = Literal["claim", "release", "return_to_bot", "wake", "close", "spam"]
MAX_KEY = 64


def conversation_routes(db: Database, *, guard: Guard, handoffs: Handoffs) -> APIRouter:
    """Under /conversations."""
    router = APIRouter(tags=["conversations"])
    reads, writes = Scope.READ_CONVERSATIONS, Scope.WRITE_CONVERSATIONS
    Reader = Annotated[Program, Depends(guard.needs(reads))]
    Writer = Annotated[Program, Depends(guard.needs(writes))]
    NoteReader = Annotated[Program, Depends(guard.needs(Scope.READ_NOTES))]
    NoteWriter = Annotated[Program, Depends(guard.needs(Scope.WRITE_NOTES))]

    async def find(program: Program, conversation_id: str) -> tuple[Conversation, Customer]:
        async with db.read() as session:
            found = await repository.conversation(
                session, conversation_id, desks=program.agent.desks
            )
        if found is None:
            raise NotFound
        return found

    async def as_it_stands(program: Program, conversation_id: str) -> ConversationOut:
        return conversation_out(*await find(program, conversation_id))

    @router.get("/conversations")
    async def list_conversations(
        program: Reader,
        status: Status | None = None,
        desk: Annotated[str | None, Query(max_length=50)] = None,
        customer: Annotated[str | None, Query(max_length=36)] = None,
        agent: Annotated[str | None, Query(max_length=36)] = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Limit = 50,
    ) -> ConversationPage:
        """The newest first."""
        wanted = Filter(program.agent.desks, status, desk, customer, agent)
        after = place_of(cursor) if cursor is not None else None
        async with db.read() as session:
            rows = await repository.conversations(session, wanted, after=after, limit=limit + 1)
        page = rows[:limit]
        return ConversationPage(
            conversations=[conversation_out(*row) for row in page],
            next=cursor_of(page[-1][0]) if len(rows) > limit else None,
        )

    @router.get("/conversations/{conversation_id}")
    async def read_conversation(program: Reader, conversation_id: Id) -> ConversationOut:
        """One of them, without its messages."""
        return await as_it_stands(program, conversation_id)

    @router.get("/conversations/{conversation_id}/packet")
    async def read_packet(program: Reader, conversation_id: Id) -> PacketOut:
        """Why it was handed over, what the customer wants, the facts, what the bot tried."""
        conversation, _ = await find(program, conversation_id)
        async with db.read() as session:
            packet = await load_packet(session, conversation, desks=program.agent.desks)
        return PacketOut(packet=packet_out(packet))

    @router.get("/conversations/{conversation_id}/messages")
    async def list_messages(
        program: Reader,
        conversation_id: Id,
        after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
        limit: Limit = 100,
    ) -> MessageList:
        """Those behind `after`, oldest first."""
        await find(program, conversation_id)
        async with db.read() as session:
            rows = await repository.messages(session, conversation_id, after=after, limit=limit)
        return MessageList(
            messages=[MessageOut.model_validate(message_as_json(row)) for row in rows]
        )

    @router.post("/conversations/{conversation_id}/messages", status_code=201)
    async def reply(
        program: Writer,
        conversation_id: Id,
        said: ReplyIn,
        idempotency_key: Annotated[str | None, Header(max_length=MAX_KEY)] = None,
    ) -> MessageOut:
        """Says it to the customer, once for each Idempotency-Key. Claim the conversation first."""
        sent = Reply(said.text, said.epoch, idempotency_key or str(uuid4()))
        message = await handoffs.reply(program.agent, conversation_id, sent)
        return MessageOut.model_validate(message_as_json(message))

    @router.get("/conversations/{conversation_id}/notes")
    async def list_notes(program: NoteReader, conversation_id: Id) -> NoteList:
        """Oldest first."""
        await find(program, conversation_id)
        async with db.read() as session:
            rows = await repository.notes(session, conversation_id)
        return NoteList(notes=[NoteOut.model_validate(note_as_json(row)) for row in rows])

    @router.post("/conversations/{conversation_id}/notes", status_code=201)
    async def write_note(program: NoteWriter, conversation_id: Id, note: NoteIn) -> NoteOut:
        """For colleagues alone."""
        written = await handoffs.note(program.agent, conversation_id, note.text)
        return NoteOut.model_validate(note_as_json(written))

    moves = {
        "claim": handoffs.claim,
        "release": handoffs.release,
        "return_to_bot": handoffs.return_to_bot,
        "wake": handoffs.wake,
        "close": handoffs.close,
        "spam": handoffs.close_as_spam,
    }

    @router.post("/conversations/{conversation_id}/{move}")
    async def move_conversation(
        program: Writer, conversation_id: Id, move: MoveName, wish: MoveIn
    ) -> ConversationOut:
        """Claims it, gives it back, closes it … and says where it stands then."""
        await moves[move](program.agent, conversation_id, epoch=wish.epoch)
        return await as_it_stands(program, conversation_id)

    return router
