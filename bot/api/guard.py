"""Who may pass: a token, its scope, its pace."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.api.errors import BadToken, MissingScope, TooFast
from bot.api_tokens.scopes import Scope
from bot.api_tokens.service import Program, Tokens
from bot.channel import RateLimit

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
            return program

        return admit
