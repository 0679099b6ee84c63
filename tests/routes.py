"""The inbox's routes, as FastAPI itself resolves them."""

from fastapi.routing import _IncludedRouter

from bot.inbox.guard import InboxRoute, Needs
from tests.inbox import Office

Route = tuple[str, str]


class Names(dict[str, str]):
    """What stands in an address: nothing is behind it, so no act goes through."""

    def __missing__(self, name: str) -> str:
        return "none"


NAMES = Names(seq="1")


def inbox_routes(office: Office) -> dict[Route, Needs | None]:
    """Every method and path under /inbox, and who it says may use it."""
    found = {}
    for router in office.app.routes:
        if not isinstance(router, _IncludedRouter):
            continue
        for context in router.effective_route_contexts():
            if not context.path.startswith("/inbox"):
                continue
            route = context.original_route
            declared = route.declared if isinstance(route, InboxRoute) else None
            for method in (context.methods or set()) - {"HEAD"}:
                found[method, context.path] = declared
    return found


def closed_routes(office: Office) -> set[Route]:
    """Those that are for signed-in agents alone."""
    routes = inbox_routes(office).items()
    return {route for route, declared in routes if declared != Needs(None)}
