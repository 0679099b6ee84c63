"""Writing a reply: drafts, the preview, sending, taking back."""

from dataclasses import asdict, dataclass
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.accounts.models import Agent
from bot.conversations.errors import NotFound
from bot.errors import FirstlineError
from bot.handoff.service import Reply
from bot.inbox import queries
from bot.inbox.composing import draft_now
from bot.inbox.files import chosen_files
from bot.inbox.guard import HOME, form_fields, is_htmx, language_of, visitor
from bot.inbox.screen import REFRESH, Screen, back_to, number
from bot.markup.html import as_html
from bot.texts import text
from bot.writing import repository
from bot.writing.drafts import Kind, Typed
from bot.writing.macro import Step, steps_of
from bot.writing.parts import Writing
from bot.writing.replies import NewWords
from bot.writing.suggestions import suggest

MAX_KEY = 64
MAX_VERSION = 36
# Another page of the conversation, which is somebody else's by now.
TO_WORK = {"HX-Retarget": "#work", "HX-Reselect": "#work", "HX-Reswap": "outerHTML show:none"}
# The stop stands over the composer, whatever the form was aimed at.
TO_STOP = {"HX-Retarget": "#reply-stop", "HX-Reswap": "innerHTML", "HX-Reselect": "unset"}


class NotAllDone(FirstlineError):
    """A macro's reply is out, and what was to follow was refused."""

    code = "not_all_done"
    status = 409


@dataclass(frozen=True)
class Composer:
    """Handlers of everything that an agent writes to a customer."""

    screen: Screen
    writing: Writing

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.post("/conversations/{conversation_id}/reply")(self.reply)
        router.post("/conversations/{conversation_id}/held/send")(self.send_now)
        router.post("/conversations/{conversation_id}/held/undo")(self.undo)
        router.get("/conversations/{conversation_id}/draft")(self.draft)
        router.post("/conversations/{conversation_id}/draft")(self.keep_draft)
        router.get("/conversations/{conversation_id}/suggestions")(self.suggestions)
        router.post("/preview")(self.preview)
        router.post("/undo-time")(self.choose_undo)

    async def reply(self, request: Request, conversation_id: str) -> Response:
        """Sends the agent's words to the customer, or holds them until they are."""
        fields = await form_fields(request)
        reply = Reply(
            text=fields.get("text", ""),
            epoch=number(fields.get("epoch")),
            key=fields.get("key", "")[:MAX_KEY] or str(uuid4()),
            attachments=await chosen_files(request),
        )
        # “Send anyway” names the last of the words that were shown.
        started = fields.get("anyway") or fields.get("started")
        agent = visitor(request).agent
        steps = await self._steps(agent, conversation_id, fields.get("macro"))
        has_words = bool(reply.text.strip() or reply.attachments)
        if has_words or not steps:
            try:
                await self.writing.replies.reply(
                    agent,
                    conversation_id,
                    reply,
                    started_seq=number(started) if started else None,
                )
            except NewWords as stopped:
                return await self._stop(request, conversation_id, reply, stopped)
        if steps:
            return await self._do(request, conversation_id, steps, reply.epoch, sent=has_words)
        return await self.screen.form_again(request, conversation_id, "_reply.html")

    async def _steps(self, agent: Agent, conversation_id: str, macro: str | None) -> list[Step]:
        """What is to follow the reply, as it is kept now; raises NotFound."""
        if not macro:
            return []
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            row = await repository.saved_by_id(session, macro[:MAX_VERSION])
        if found is None or row is None or row.desk != found[0].desk:
            raise NotFound
        return steps_of(row.actions)

    async def _do(
        self,
        request: Request,
        conversation_id: str,
        steps: list[Step],
        epoch: int,
        *,
        sent: bool,
    ) -> Response:
        """One after another; once the reply is out, a refusal says that."""
        acts, agent = self.writing.saved.acts, visitor(request).agent
        try:
            for step in steps:
                await acts.run(agent, conversation_id, step, epoch=epoch)
        except FirstlineError as fault:
            if not sent:
                raise
            raise NotAllDone(problem=fault.message(language_of(request))) from fault
        async with self.screen.db.read() as session:
            is_ours = await queries.find_conversation(session, agent, conversation_id) is not None
        if not is_htmx(request):
            return back_to(conversation_id) if is_ours else RedirectResponse(HOME, 303)
        if not is_ours:
            return Response(headers={"HX-Redirect": HOME})
        page = await self.screen.show_conversation(request, conversation_id)
        page.headers.update(REFRESH | TO_WORK)
        return page

    async def _stop(
        self, request: Request, conversation_id: str, reply: Reply, stopped: NewWords
    ) -> Response:
        """The customer's new words, and the choice to send all the same."""
        if is_htmx(request):
            html = self.screen.render(request, "_stop.html", stopped=stopped.words)
            return HTMLResponse(html, stopped.status, headers=TO_STOP | REFRESH)
        agent = visitor(request).agent
        typed = Typed(reply.text, "", attachments=reply.attachments)
        await self.writing.drafts.replace(agent, conversation_id, Kind.REPLY, typed)
        return await self.screen.show_conversation(
            request, conversation_id, status=stopped.status, stopped=stopped.words
        )

    async def send_now(self, request: Request, conversation_id: str) -> Response:
        """What is held goes out before its time."""
        fields = await form_fields(request)
        await self.writing.replies.send_now(
            visitor(request).agent, conversation_id, fields.get("held", "")[:MAX_VERSION]
        )
        return await self.screen.form_again(request, conversation_id, "_reply.html")

    async def undo(self, request: Request, conversation_id: str) -> Response:
        """What is held comes back into the composer."""
        fields = await form_fields(request)
        await self.writing.replies.undo(
            visitor(request).agent, conversation_id, fields.get("held", "")[:MAX_VERSION]
        )
        return await self.screen.form_again(request, conversation_id, "_reply.html")

    async def draft(self, request: Request, conversation_id: str) -> Response:
        """How the draft stands now, for the agent's other tabs."""
        agent, kind = visitor(request).agent, _kind(request.query_params.get("kind"))
        async with self.screen.db.read() as session:
            if await queries.find_conversation(session, agent, conversation_id) is None:
                raise NotFound
            row = await repository.draft_of(session, agent.id, conversation_id, kind)
            found = await draft_now(session, row)
        answer = asdict(found)
        if found.problem is not None:
            answer["problem"] = text(f"inbox.draft.problem.{found.problem}", language_of(request))
        return JSONResponse(answer)

    async def keep_draft(self, request: Request, conversation_id: str) -> Response:
        """Keeps what was typed; the script shows what the answer says."""
        fields = await form_fields(request)
        started = fields.get("started")
        typed = Typed(
            text=fields.get("text", ""),
            base=fields.get("base", "")[:MAX_VERSION],
            started_seq=number(started) if started else None,
            attachments=await chosen_files(request),
        )
        agent = visitor(request).agent
        try:
            kept = await self.writing.drafts.keep(
                agent, conversation_id, _kind(fields.get("kind")), typed
            )
        except FirstlineError as fault:
            return JSONResponse({"message": fault.message(language_of(request))}, fault.status)
        return JSONResponse(asdict(kept))

    async def suggestions(self, request: Request, conversation_id: str) -> Response:
        """Replies that may fit, to be put into the composer."""
        agent = visitor(request).agent
        await self.writing.responses.load()
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            if found is None:
                raise NotFound
            conversation, _ = found
            names = {desk.id: desk.name for desk in self.screen.desks.all()}
            suggested = await suggest(
                session,
                agent,
                conversation,
                responses=self.writing.responses,
                desk_name=names.get(conversation.desk, {}),
            )
        html = self.screen.render(
            request, "_suggestions.html", suggested=suggested, spoken=conversation.language
        )
        return HTMLResponse(html)

    async def preview(self, request: Request) -> Response:
        """The words as the customer will see them."""
        fields = await form_fields(request)
        return HTMLResponse(as_html(fields.get("text", "")))

    async def choose_undo(self, request: Request) -> Response:
        """How long this agent's replies are held."""
        fields = await form_fields(request)
        await self.writing.replies.choose_undo(
            visitor(request).agent, number(fields.get("seconds"))
        )
        return RedirectResponse("/inbox/saved", 303)


def _kind(name: str | None) -> Kind:
    return Kind.NOTE if name == Kind.NOTE else Kind.REPLY
