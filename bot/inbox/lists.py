"""What the list pane shows: a view, a search or a filter, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.errors import FirstlineError
from bot.filters.errors import UnknownFilter, UnreadableFilter
from bot.filters.grammar import parse
from bot.filters.models import SavedFilter
from bot.filters.queries import filter_for, filters_of
from bot.inbox import found
from bot.inbox.listing import LATEST_WORD, ORDER, Numbers, Page, numbers, page_of
from bot.inbox.paging import packed, unpacked
from bot.inbox.queries import rows_of
from bot.inbox.render import first_words
from bot.inbox.views import FILTER, SEARCH, TABS, WHERE, Hit, Row, View
from bot.records.repository import newest_mentions
from bot.search.snippets import Piece
from bot.search.sought import sought
from bot.targets.repository import newest_warning

ROWS = 60
MOST_ROWS = 300  # that a refresh brings again: beyond them the page keeps what it has
SHOW_UNREAD = (View.QUEUE, View.MINE, View.FOR_US)
MOST_DIGITS = 18


@dataclass(frozen=True)
class ListPage:
    """Some rows, where the next ones begin, and what is wrong with what was asked for."""

    rows: Sequence[Row]
    next: str | None = None
    problem: FirstlineError | None = None


@dataclass(frozen=True)
class Listing:
    """The pane: its rows, the numbers on the tabs, what came last, and the agent's filters."""

    view: str
    page: ListPage
    numbers: Numbers
    filters: Sequence[SavedFilter]
    filter: SavedFilter | None
    newest_warning: datetime | None

    @property
    def kind(self) -> str:
        """The key of its texts: the view's name, `search` or `filter`."""
        return kind_of(self.view)

    @property
    def words(self) -> str:
        """What was searched for, or the filter as it is written."""
        if self.filter is not None:
            return self.filter.expression
        return "" if self.view in list(View) else self.view.partition(":")[2]

    @property
    def is_behind_more(self) -> bool:
        """Whether it is none of the tabs that are always there."""
        return self.view not in TABS and self.kind != "search"


async def listing(
    session: AsyncSession, agent: Agent, view: str, *, after: str | None = None, rows: int = ROWS
) -> Listing:
    """The pane as this agent sees it."""
    known = await filters_of(session, agent)
    chosen = next((one for one in known if f"{FILTER}{one.id}" == view), None)
    return Listing(
        view=view,
        page=await page(session, agent, view, after=after, rows=rows),
        numbers=await numbers(session, agent),
        filters=known,
        filter=chosen,
        newest_warning=await newest_warning(
            session, agent.id, agent.desks, leads=may(agent, Permission.DIRECT)
        ),
    )


async def page(
    session: AsyncSession, agent: Agent, view: str, *, after: str | None = None, rows: int = ROWS
) -> ListPage:
    """A page of the list; what cannot be read is told, and shows no rows."""
    if view.startswith(SEARCH):
        return await _search(session, agent, view.removeprefix(SEARCH), after)
    keys = ORDER[View(view)] if view in list(View) else LATEST_WORD
    place = unpacked(after, keys)
    try:
        if view in list(View):
            some = await page_of(session, agent, View(view), after=place, limit=rows)
        else:
            tree = parse(await _expression(session, agent, view))
            some = await found.filtered(session, agent, tree, after=place, limit=rows)
    except (UnreadableFilter, UnknownFilter) as problem:
        return ListPage((), problem=problem)
    return await _shown(session, agent, view, some)


def stays(rows: str | None, shown: str | None, view: str) -> bool:
    """Whether a page keeps its own list, as it has more rows of this view than are sent again.

    `shown` is the view as the page says it, percent-encoded.
    """
    words = rows or ""
    is_number = words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS
    return is_number and int(words) > MOST_ROWS and unquote(shown or "") == view


def rows_within(asked: str | None) -> int:
    """As many as a page asks to have again, within what is sent at once."""
    words = asked or ""
    is_number = words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS
    return min(max(int(words) if is_number else 0, ROWS), MOST_ROWS)


def kind_of(view: str) -> str:
    """The key of the texts of a list."""
    if view in list(View):
        return view
    return "search" if view.startswith(SEARCH) else "filter"


async def _shown(session: AsyncSession, agent: Agent, view: str, some: Page) -> ListPage:
    shows_unread = view in SHOW_UNREAD
    rows = await rows_of(session, agent, some.ids, shows_unread=shows_unread)
    if view == View.MENTIONS:
        rows = await _with_notes(session, agent, rows)
    return ListPage(rows, packed(some.next) if some.next else None)


async def _with_notes(session: AsyncSession, agent: Agent, rows: Sequence[Row]) -> list[Row]:
    """The rows with the note that names the agent, which they lead to."""
    notes = await newest_mentions(session, agent.id, [row.id for row in rows])
    hits = {
        conversation: Hit("note", (Piece(first_words(text)),), note=note)
        for conversation, (note, text) in notes.items()
    }
    return [replace(row, hits=(hits[row.id],)) if row.id in hits else row for row in rows]


async def _search(session: AsyncSession, agent: Agent, typed: str, after: str | None) -> ListPage:
    what = sought(typed)
    if not what:
        return ListPage(())
    is_number = after is not None and after.isascii() and after.isdigit()
    before = int(after) if after and is_number and len(after) <= MOST_DIGITS else None
    results = await found.search(session, agent, what, before=before)
    return ListPage(results.rows, None if results.next is None else str(results.next))


async def _expression(session: AsyncSession, agent: Agent, view: str) -> str:
    if view.startswith(WHERE):
        return view.removeprefix(WHERE)
    number = view.removeprefix(FILTER)
    is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    kept = await filter_for(session, agent, int(number)) if is_number else None
    if kept is None:
        raise UnknownFilter
    return kept.expression
