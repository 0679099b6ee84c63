"""What the forms of this folder send, and what they get back."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.conversations.errors import NotFound
from bot.inbox.guard import HOME, is_htmx
from bot.inbox.screen import Screen

# Everything that the page shows is fetched anew, also where no live stream gets through.
REFRESH = {"HX-Trigger-After-Settle": "refresh"}


async def chosen(request: Request, name: str) -> list[str]:
    """All values of a field that may come more than once."""
    form = await request.form()
    return [value for value in form.getlist(name) if isinstance(value, str)]


def numbers(words: list[str]) -> list[int]:
    """Those that are numbers."""
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10]


async def back(screen: Screen, request: Request, conversation_id: str) -> Response:
    """The conversation anew; the list where the agent may see it no longer."""
    if not is_htmx(request):
        return RedirectResponse(f"{HOME}/conversations/{conversation_id}", 303)
    try:
        page = await screen.show_conversation(request, conversation_id)
    except NotFound:
        return Response(status_code=200, headers={"HX-Redirect": HOME})
    page.headers.update(REFRESH)
    return page
