"""The people of the desk, for admins: list, invite, change, disable."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.links import NewLink
from bot.accounts.mails import AccountMails, link_address
from bot.accounts.models import Agent
from bot.accounts.people import People
from bot.accounts.permissions import Role
from bot.accounts.profile import Profile, read_email, read_profile
from bot.clock import now
from bot.desks import Desks
from bot.errors import FirstlineError
from bot.inbox.guard import doer_of, form_fields, language_of, visitor
from bot.inbox.people.desk_page import desk_page
from bot.settings import Settings
from bot.texts import LANGUAGES

PEOPLE = "/inbox/people"


@dataclass(frozen=True)
class Filled:
    """What stands in the form: as it is kept, or as it was typed."""

    email: str
    name: str
    role: str
    desks: tuple[str, ...]
    skills: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class PeoplePages:
    """Handlers of what admins do with accounts."""

    people: People
    mails: AccountMails
    desks: Desks
    settings: Settings

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("/people")(self.list)
        router.post("/people")(self.invite)
        router.get("/people/new")(self.new)
        router.get("/people/{agent_id}")(self.show)
        router.post("/people/{agent_id}")(self.change)
        router.post("/people/{agent_id}/link")(self.link)
        router.post("/people/{agent_id}/disable")(self.disable)
        router.post("/people/{agent_id}/enable")(self.enable)
        router.post("/people/{agent_id}/reset-factor")(self.reset_factor)

    async def list(self, request: Request) -> Response:
        """Everybody."""
        return desk_page(
            request,
            "list",
            people=await self.people.all(),
            desk_names=self._desk_names(request),
            at=now(),
        )

    async def new(self, request: Request) -> Response:
        """The form for an invitation."""
        desks = tuple(desk.id for desk in self.desks.all())
        return self._invite_page(request, Filled("", "", Role.AGENT, desks, "", LANGUAGES))

    async def invite(self, request: Request) -> Response:
        """Creates the account; its link is shown this once, and mailed where there is mail."""
        filled = await _filled(request)
        try:
            email, profile = read_email(filled.email), self._profile(filled)
            link = await self.people.invite(
                doer_of(request), email, profile, language=language_of(request)
            )
        except FirstlineError as fault:
            return self._invite_page(request, filled, fault)
        return self._link_page(request, link)

    async def show(self, request: Request, agent_id: str) -> Response:
        """One account."""
        person = await self.people.get(agent_id)
        return await self._person_page(request, person, _as_kept(person))

    async def change(self, request: Request, agent_id: str) -> Response:
        """Saves what is in the form."""
        filled, person = await _filled(request), await self.people.get(agent_id)
        try:
            profile = self._profile(filled)
            await self.people.change(doer_of(request), visitor(request).agent, agent_id, profile)
        except FirstlineError as fault:
            return await self._person_page(request, person, filled, fault)
        return RedirectResponse(PEOPLE, 303)

    async def link(self, request: Request, agent_id: str) -> Response:
        """A new invitation, or a link for a new password."""
        return self._link_page(request, await self.people.new_link(doer_of(request), agent_id))

    async def disable(self, request: Request, agent_id: str) -> Response:
        """Out at once, and the conversations back in their queues."""
        await self.people.disable(doer_of(request), visitor(request).agent, agent_id)
        return RedirectResponse(PEOPLE, 303)

    async def enable(self, request: Request, agent_id: str) -> Response:
        """In again."""
        await self.people.enable(doer_of(request), agent_id)
        return RedirectResponse(PEOPLE, 303)

    async def reset_factor(self, request: Request, agent_id: str) -> Response:
        """In again with the password alone."""
        await self.people.reset_factor(doer_of(request), agent_id)
        return RedirectResponse(f"{PEOPLE}/{agent_id}", 303)

    def _profile(self, filled: Filled) -> Profile:
        return read_profile(
            name=filled.name,
            role=filled.role,
            desks=filled.desks,
            skills=filled.skills,
            languages=filled.languages,
            known_desks=[desk.id for desk in self.desks.all()],
        )

    def _link_page(self, request: Request, link: NewLink) -> Response:
        # Whoever looks at this page reached the desk at this address.
        base = self.settings.public_url or str(request.base_url).rstrip("/")
        return desk_page(
            request,
            "link",
            person=link.agent,
            kind=link.kind.value,
            address=link_address(base, link),
            has_mail=self.mails.is_on,
        )

    def _invite_page(
        self, request: Request, filled: Filled, fault: FirstlineError | None = None
    ) -> Response:
        return desk_page(request, "invite", fault=fault, filled=filled, **self._choices(request))

    async def _person_page(
        self,
        request: Request,
        person: Agent,
        filled: Filled,
        fault: FirstlineError | None = None,
    ) -> Response:
        return desk_page(
            request,
            "person",
            fault=fault,
            person=person,
            filled=filled,
            has_factor=await self.people.has_factor(person.id),
            mail=await self.mails.last_to(person.id),
            **self._choices(request),
        )

    def _choices(self, request: Request) -> dict[str, object]:
        return {
            "roles": [role.value for role in Role],
            "desk_names": self._desk_names(request),
            "all_languages": LANGUAGES,
        }

    def _desk_names(self, request: Request) -> dict[str, str]:
        language = language_of(request)
        return {desk.id: desk.name[language] for desk in self.desks.all()}


async def _filled(request: Request) -> Filled:
    fields, form = await form_fields(request), await request.form()

    def chosen(name: str) -> tuple[str, ...]:
        return tuple(one for one in form.getlist(name) if isinstance(one, str))

    return Filled(
        email=fields.get("email", ""),
        name=fields.get("name", ""),
        role=fields.get("role", ""),
        desks=chosen("desk"),
        skills=fields.get("skills", ""),
        languages=chosen("speaks"),
    )


def _as_kept(person: Agent) -> Filled:
    return Filled(
        email=person.email,
        name=person.name,
        role=person.role.value,
        desks=tuple(person.desks),
        skills=", ".join(person.skills),
        languages=tuple(person.languages),
    )
