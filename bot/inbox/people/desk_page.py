"""A page of its own, with the way back to the inbox and to what the agent's role may see."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.accounts.permissions import Permission, may
from bot.errors import FirstlineError
from bot.inbox import render
from bot.inbox.guard import language_of, visitor


def desk_page(
    request: Request, name: str, *, fault: FirstlineError | None = None, **values: object
) -> HTMLResponse:
    """The template `people/NAME.html` for whoever is signed in; with what was refused, if so."""
    language, who = language_of(request), visitor(request)
    return render.page(
        f"people/{name}.html",
        language=language,
        status=fault.status if fault else 200,
        problem=fault.message(language) if fault else None,
        agent=who.agent,
        csrf=who.csrf,
        may_manage=may(who.agent, Permission.MANAGE_PEOPLE),
        may_audit=may(who.agent, Permission.READ_AUDIT),
        # Where the language switch leads back to: what was posted cannot be asked for again.
        here=request.url.path if request.method == "GET" else "/inbox/account",
        **values,
    )


def entrance_page(
    request: Request, name: str, *, fault: FirstlineError | None = None, **values: object
) -> HTMLResponse:
    """The template `people/NAME.html` for somebody who is not signed in."""
    language = language_of(request)
    return render.page(
        f"people/{name}.html",
        language=language,
        status=fault.status if fault else 200,
        problem=fault.message(language) if fault else None,
        **values,
    )
