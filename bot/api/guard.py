"""Who may pass: a token, its scope, what its agent's role includes, its pace."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.api.errors import BadToken, MissingScope, TooFast
from bot.api_tokens.scopes import Scope
from bot.api_tokens.service import Program, Tokens, check_role
from bot.audit import doing
from bot.audit.acts import Doer, Place
from bot.channel import RateLimit
from bot.feed.kinds import MESSAGE_CREATED, NOTE_CREATED, UNNAMED

# Also declares in the OpenAPI document that a token is needed.
BEARER = HTTPBearer(auto_error=False, description="A token made with `firstline api add`.")
Given = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]


@dataclass(frozen=True)
class Guard:
    """Lets programs pass."""

    tokens: Tokens
    limit: RateLimit

    def needs(self, scope: Scope | None) -> Callable[..., Awaitable[Program]]:
        """A dependency: the program, if its token is good for this; None: any token is."""

        async def admit(request: Request, given: Given) -> Program:
            program = await self.tokens.who(given.credentials) if given else None
            if program is None:
                raise BadToken
            wait = await self.limit.take(program.token_id)
            if wait > 0:
                raise TooFast(retry_after=max(1, round(wait)))
            if scope is not None and scope not in program.scopes:
                raise MissingScope(scope=scope)
            if scope is not None:
                check_role(program.agent, scope)
            doing.begins(doer_of(request, program))
            return program

        return admit


def doer_of(request: Request, program: Program) -> Doer:
    """The agent as whom the program acts, from where, and by which token."""
    address = request.client.host if request.client else None
    place = Place.of(address, request.headers.get("user-agent"))
    return Doer(program.agent, place, program.name)


def check_kinds(program: Program, kinds: Sequence[str] | None) -> None:
    """Whoever may not read notes hears of none; raises MissingScope."""
    if NOTE_CREATED in (kinds or ()) and Scope.READ_NOTES not in program.scopes:
        raise MissingScope(scope=Scope.READ_NOTES)


def check_webhook(program: Program, kinds: Sequence[str]) -> None:
    """A webhook of these kinds (none: all but notes) is called with the words of messages: no way
    around the scope that reads them. Raises MissingScope."""
    check_kinds(program, kinds)
    if MESSAGE_CREATED in (kinds or UNNAMED) and Scope.READ_CONVERSATIONS not in program.scopes:
        raise MissingScope(scope=Scope.READ_CONVERSATIONS)
