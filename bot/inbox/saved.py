"""Saved replies: searched and used in the composer, kept on a page of their own."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.datastructures import UploadFile

from bot.accounts.permissions import Permission, may
from bot.conversations.errors import NotFound
from bot.errors import FirstlineError
from bot.inbox import queries
from bot.inbox.guard import doer_of, form_fields, language_of, visitor
from bot.inbox.macro_words import step_words
from bot.inbox.render import first_words
from bot.inbox.screen import Screen
from bot.texts import LANGUAGES, supported, text
from bot.writing import exchange, repository
from bot.writing.macro import steps_of
from bot.writing.models import SavedReply
from bot.writing.replies import CHOICES, Replies
from bot.writing.saved import Content, SavedReplies, contents_of, search
from bot.writing.using import in_language, use, variable_names
from bot.writing.variables import known_variables

MAX_ID = 36
PAGE = "/inbox/saved"
FILES = {"yaml": "application/yaml", "csv": "text/csv"}


@dataclass(frozen=True)
class Saved:
    """Handlers of saved replies."""

    screen: Screen
    saved: SavedReplies
    replies: Replies

    def add_to(self, router: APIRouter) -> None:
        """What every agent may do: use them, look at them."""
        router.get("/conversations/{conversation_id}/saved")(self.find)
        router.get("/conversations/{conversation_id}/saved/{saved_id}")(self.use)
        router.get("/saved")(self.page)
        router.get("/saved/export")(self.export)

    def add_changes_to(self, router: APIRouter) -> None:
        """What changes them for the whole desk."""
        router.post("/saved")(self.keep)
        router.post("/saved/remove")(self.remove)
        router.post("/saved/import")(self.take_in)

    async def find(self, request: Request, conversation_id: str) -> Response:
        """What fits the letters behind the slash, for the script of the composer."""
        agent, language = visitor(request).agent, language_of(request)
        words = request.query_params.get("q", "")[:80]
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            if found is None:
                raise NotFound
            conversation, _ = found
            rows = await search(session, conversation.desk, words, language=language)
        return JSONResponse([_item(row, language, conversation.language) for row in rows])

    async def use(self, request: Request, conversation_id: str, saved_id: str) -> Response:
        """The reply for this customer; what is wrong with it comes as a sentence."""
        agent, language = visitor(request).agent, language_of(request)
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            if found is None:
                raise NotFound
            conversation, _ = found
            names = {desk.id: desk.name for desk in self.screen.desks.all()}
            try:
                used = await use(
                    session,
                    agent,
                    conversation,
                    saved_id[:MAX_ID],
                    desk_name=names.get(conversation.desk, {}),
                )
            except FirstlineError as fault:
                return JSONResponse({"message": fault.message(language)}, fault.status)
        told = [
            text("inbox.saved.fallback", language, other=text(f"inbox.speaks_{one}", language))
            for one in [used.fallback]
            if one is not None
        ]
        if used.gaps:
            named = variable_names(language)
            gaps = ", ".join(named.get(gap, gap) for gap in used.gaps)
            told.append(text("inbox.saved.gaps", language, gaps=gaps))
        steps = [step_words(step, language) for step in used.steps]
        answer = {"id": used.id, "text": used.text, "told": told, "steps": steps}
        return JSONResponse(answer)

    async def page(self, request: Request) -> Response:
        """All of a desk."""
        return await self._show(request)

    async def _show(
        self,
        request: Request,
        *,
        desk: str | None = None,
        fault: FirstlineError | None = None,
        typed: Content | None = None,
        typed_id: str = "",
    ) -> HTMLResponse:
        agent, language = visitor(request).agent, language_of(request)
        desk = _desk_of(request, desk)
        async with self.screen.db.read() as session:
            rows = await repository.saved_of(session, [desk])
            undo_seconds = await self.replies.undo_seconds(session, agent)
        html = self.screen.render(
            request,
            "saved.html",
            desk=desk,
            rows=[(row, contents_of(row)) for row in rows],
            may_change=may(agent, Permission.KEEP_SHARED),
            problem=fault.message(language) if fault else None,
            typed=typed,
            typed_id=typed_id,
            told=_told(request),
            acts=self.saved.acts.all(),
            variables=sorted(known_variables()),
            variable_names=variable_names(language),
            languages=LANGUAGES,
            undo_seconds=undo_seconds,
            undo_choices=sorted({*CHOICES, undo_seconds}),
            step_words=lambda step: step_words(step, language),
        )
        return HTMLResponse(html, fault.status if fault else 200)

    async def keep(self, request: Request) -> Response:
        """One reply, as it was written."""
        fields = await form_fields(request)
        desk, id = _desk_of(request, fields.get("desk")), fields.get("id", "")[:MAX_ID]
        typed = Content(
            fields.get("shortcut", ""),
            {language: fields.get(f"title_{language}", "") for language in LANGUAGES},
            {language: fields.get(f"text_{language}", "") for language in LANGUAGES},
        )
        try:
            acts = [line for line in fields.get("actions", "").splitlines() if line.strip()]
            steps = tuple(self.saved.acts.read(line) for line in acts)
            content = Content(typed.shortcut, typed.title, typed.text, steps)
            agent = visitor(request).agent
            await self.saved.keep(agent, doer_of(request), desk, content, id=id or None)
        except FirstlineError as fault:
            return await self._show(request, desk=desk, fault=fault, typed=typed, typed_id=id)
        return _back(desk)

    async def remove(self, request: Request) -> Response:
        """It is not needed any more."""
        fields = await form_fields(request)
        id = fields.get("id", "")[:MAX_ID]
        await self.saved.remove(visitor(request).agent, doer_of(request), id)
        return _back(_desk_of(request, fields.get("desk")))

    async def take_in(self, request: Request) -> Response:
        """A file of them: all of it, or nothing."""
        form = await request.form()
        desk = _desk_of(request, (await form_fields(request)).get("desk"))
        file = form.get("file")
        try:
            if not isinstance(file, UploadFile):
                raise exchange.BadFile
            contents = exchange.read(
                await file.read(),
                file.filename or "",
                acts=self.saved.acts,
                checked=self.saved.checked,
            )
            agent = visitor(request).agent
            added, changed = await self.saved.replace(agent, doer_of(request), desk, contents)
        except FirstlineError as fault:
            return await self._show(request, desk=desk, fault=fault)
        return _back(desk, added=added, changed=changed)

    async def export(self, request: Request) -> Response:
        """The desk's, as a file that can be taken in again."""
        desk = _desk_of(request, request.query_params.get("desk"))
        kind = "csv" if request.query_params.get("as") == "csv" else "yaml"
        async with self.screen.db.read() as session:
            rows = await repository.saved_of(session, [desk])
        contents = [contents_of(row) for row in rows]
        made = exchange.as_csv(contents) if kind == "csv" else exchange.as_yaml(contents)
        headers = {"Content-Disposition": f'attachment; filename="replies.{kind}"'}
        return Response(made, media_type=f"{FILES[kind]}; charset=utf-8", headers=headers)


def _desk_of(request: Request, asked: str | None) -> str:
    """The desk that is meant, of the agent's own; else the first of them."""
    desks = visitor(request).agent.desks
    asked = asked or request.query_params.get("desk")
    if asked in desks:
        return str(asked)
    if not desks:
        raise NotFound
    return desks[0]


def _back(desk: str, **told: int) -> Response:
    return RedirectResponse(f"{PAGE}?{urlencode({'desk': desk, **told})}", 303)


def _told(request: Request) -> str | None:
    """What became of an import."""
    added, changed = (request.query_params.get(name, "") for name in ("added", "changed"))
    if not (added.isdigit() and changed.isdigit()):
        return None
    return text("inbox.saved.taken_in", language_of(request), added=added[:6], changed=changed[:6])


def _item(row: SavedReply, language: str, customers: str) -> dict[str, object]:
    variant, words = in_language(row, customers)
    return {
        "id": row.id,
        "shortcut": row.shortcut,
        "title": row.title.get(language) or next(filter(None, row.title.values()), ""),
        "text": first_words(words, 120),
        "language": variant if words and variant != supported(customers) else "",
        "steps": [step_words(step, language) for step in steps_of(row.actions)],
    }
