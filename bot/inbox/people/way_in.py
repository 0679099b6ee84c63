"""Into an account by a link: an invitation, or a forgotten password."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.links import Links
from bot.accounts.mails import AccountMails
from bot.accounts.models import LinkKind
from bot.accounts.secrets import MIN_PASSWORD
from bot.accounts.service import Accounts
from bot.errors import FirstlineError
from bot.inbox.attempts import Attempts
from bot.inbox.guard import HOME, check_origin, form_fields, place_of
from bot.inbox.people.desk_page import entrance_page
from bot.inbox.sign_in import keep_session
from bot.settings import Settings


@dataclass(frozen=True)
class WayIn:
    """Handlers for people who cannot sign in yet, or any more."""

    accounts: Accounts
    links: Links
    mails: AccountMails
    attempts: Attempts
    settings: Settings

    def add_open_routes(self, router: APIRouter) -> None:
        """Adds the routes; none needs a session."""
        router.get("/welcome/{token}")(self.welcome)
        router.post("/welcome/{token}")(self.accept)
        router.get("/reset/{token}")(self.reset_form)
        router.post("/reset/{token}")(self.reset)
        router.get("/forgot")(self.forgot_form)
        router.post("/forgot")(self.forgot)

    async def welcome(self, request: Request, token: str) -> Response:
        """An invitation."""
        return await self._form(request, LinkKind.INVITATION, token)

    async def reset_form(self, request: Request, token: str) -> Response:
        """A link for a new password. Looking uses nothing up: programs look at mails, too."""
        return await self._form(request, LinkKind.RESET, token)

    async def accept(self, request: Request, token: str) -> Response:
        """The invited person chooses a password, and is in."""
        return await self._use(request, LinkKind.INVITATION, token)

    async def reset(self, request: Request, token: str) -> Response:
        """The new password; then they sign in with it, and with the second factor if they have."""
        return await self._use(request, LinkKind.RESET, token)

    async def forgot_form(self, request: Request) -> Response:
        """Asks for the address."""
        return entrance_page(request, "forgot", has_mail=self.mails.is_on, is_sent=False)

    async def forgot(self, request: Request) -> Response:
        """Mails a link to the account of this address, if there is one.

        The answer is the same in words and in time, whether there is or not.
        """
        check_origin(request)
        email = (await form_fields(request)).get("email", "").strip().lower()
        place = place_of(request)
        try:
            await self.attempts.count(f"address {place.address}", f"reset {email}")
        except FirstlineError as fault:
            return entrance_page(
                request, "forgot", fault=fault, has_mail=self.mails.is_on, is_sent=False
            )
        if self.mails.is_on:
            await self.mails.ask_for_reset(email, place)
        return entrance_page(request, "forgot", has_mail=self.mails.is_on, is_sent=True)

    async def _form(self, request: Request, kind: LinkKind, token: str) -> Response:
        await self.attempts.count(f"link {place_of(request).address}")
        agent = await self.links.look(kind, token)
        return entrance_page(
            request, "new_password", kind=kind.value, person=agent, min_length=MIN_PASSWORD
        )

    async def _use(self, request: Request, kind: LinkKind, token: str) -> Response:
        check_origin(request)
        place = place_of(request)
        await self.attempts.count(f"link {place.address}")
        agent = await self.links.look(kind, token)
        password = (await form_fields(request)).get("password", "")
        try:
            await self.links.use(kind, token, password, place)
        except FirstlineError as fault:
            return entrance_page(
                request,
                "new_password",
                fault=fault,
                kind=kind.value,
                person=agent,
                min_length=MIN_PASSWORD,
            )
        if kind is LinkKind.RESET:
            return RedirectResponse("/inbox/sign-in?saved=1", 303)
        session = await self.accounts.open_session(agent.id, place=place, way="invitation")
        response = RedirectResponse(HOME, 303)
        keep_session(response, session, self.settings)
        return response
