"""All keys of the inbox: the one table that `?` shows and `frontend/inbox/keys.js` obeys. Pure.

To add one, add a line here and its words in `bot/texts/inbox_keys.toml`. A key with a target works
at once: it presses the first visible element of that CSS selector, or goes there when it is a
field or has `data-go`. A key without one is only listed here; a script of its part does the work.
"""

from dataclasses import dataclass
from enum import StrEnum

# No step that looks into each row: there may be ten thousand of them.
NEXT_ROW = ".rows > .is-current + li > .row, .rows:not(:has(> .is-current)) > :first-child > .row"
PREVIOUS_ROW = ".rows > li:has(+ .is-current) > .row"
# Of the row that has the focus, else of the open one, else of the first.
PICKED_ROW = (
    ".rows > :focus-within .pick-box, "
    ".rows:not(:focus-within) > .is-current .pick-box, "
    ".rows:not(:focus-within, :has(> .is-current)) > :first-child .pick-box"
)
# A question that waits for this agent's answer goes before asking one.
ANSWER_OR_ASK = ".is-question a, .conversation:not(:has(.is-question a)) #open-ask"


class Group(StrEnum):
    """Where a key works."""

    ANYWHERE = "anywhere"
    LIST = "list"
    CONVERSATION = "conversation"
    WRITING = "writing"


@dataclass(frozen=True)
class Key:
    """A key, two after one another (`g q`), or several at once (`Ctrl+B`)."""

    press: str
    name: str  # its words are the text `inbox.key.<name>`
    group: Group
    target: str = ""

    @property
    def strokes(self) -> list[list[str]]:
        """For the page: each stroke with the keys that are held down together."""
        return [stroke.split("+") for stroke in self.press.split(" ")]


KEYS = (
    Key("?", "keys", Group.ANYWHERE, "#keys-open"),
    Key("Escape", "dismiss", Group.ANYWHERE),
    Key("g p", "presence", Group.ANYWHERE, "#presence-state"),
    Key("g q", "queue", Group.LIST, "#tab-queue"),
    Key("g m", "mine", Group.LIST, "#tab-mine"),
    Key("g o", "for_us", Group.LIST, "#tab-for_us"),
    Key("g w", "for_customer", Group.LIST, "#tab-for_customer"),
    Key("g u", "unassigned", Group.LIST, "#tab-unassigned"),
    Key("g z", "snoozed", Group.LIST, "#tab-snoozed"),
    Key("g @", "mentions", Group.LIST, "#tab-mentions"),
    Key("g b", "bots", Group.LIST, "#tab-bot"),
    Key("g c", "closed", Group.LIST, "#tab-closed"),
    Key("g d", "undelivered", Group.LIST, "#tab-undelivered"),
    Key("g f", "filter", Group.LIST, "#tab-new-filter"),
    Key("f", "search", Group.LIST, "#search"),
    Key("j", "next", Group.LIST, NEXT_ROW),
    Key("k", "previous", Group.LIST, PREVIOUS_ROW),
    Key("↓", "row_below", Group.LIST),
    Key("↑", "row_above", Group.LIST),
    Key("x", "pick", Group.LIST, PICKED_ROW),
    Key("Shift+X", "pick_range", Group.LIST),
    Key("A", "pick_all", Group.LIST, "#pick-all"),
    Key(".", "bulk", Group.LIST),
    Key("u", "earlier", Group.CONVERSATION, "#earlier-entries"),
    Key("l", "latest", Group.CONVERSATION, "#to-newest"),
    Key("c", "claim", Group.CONVERSATION, "#do-claim"),
    Key("r", "reply", Group.CONVERSATION, "#reply-text"),
    Key("n", "note", Group.CONVERSATION, ".note-box:not([open]) > summary, #note-text"),
    Key("s", "snooze", Group.CONVERSATION, "#snooze-until"),
    Key("q", "release", Group.CONVERSATION, "#do-release"),
    Key("b", "return_to_bot", Group.CONVERSATION, "#do-return_to_bot"),
    Key("e", "close", Group.CONVERSATION, "#do-close"),
    Key("B", "give_back", Group.CONVERSATION, "#open-give_back"),
    Key("h", "hand_over", Group.CONVERSATION, "#open-hand_over"),
    Key("a", "ask", Group.CONVERSATION, ANSWER_OR_ASK),
    Key("y", "labels", Group.CONVERSATION, "#open-labels"),
    Key("p", "priority", Group.CONVERSATION, "#open-priority"),
    Key("m", "merge", Group.CONVERSATION, "#open-merge"),
    Key("d", "fields", Group.CONVERSATION, "#open-fields"),
    Key("i", "card", Group.CONVERSATION, "#evidence > summary"),
    Key("t", "rate", Group.CONVERSATION, "#open-rate"),
    Key("v", "transcript", Group.CONVERSATION, ".conversation .scroll"),
    Key("z", "undo", Group.CONVERSATION, "#held-undo"),
    Key("1", "suggestion_1", Group.CONVERSATION, "#suggestion-1"),
    Key("2", "suggestion_2", Group.CONVERSATION, "#suggestion-2"),
    Key("3", "suggestion_3", Group.CONVERSATION, "#suggestion-3"),
    Key("Alt+Enter", "suggestion", Group.WRITING),
    Key("Enter", "send", Group.WRITING),
    Key("Ctrl+Enter", "send_always", Group.WRITING),
    Key("Shift+Enter", "new_line", Group.WRITING),
    Key("Ctrl+Z", "undo_empty", Group.WRITING),
    Key("Escape", "leave", Group.WRITING),
    Key("/", "saved", Group.WRITING),
    Key(":", "emoji", Group.WRITING),
    Key("Ctrl+B", "bold", Group.WRITING),
    Key("Ctrl+I", "italic", Group.WRITING),
    Key("Ctrl+K", "link", Group.WRITING),
)


def by_group() -> dict[Group, list[Key]]:
    """The table in parts, in its own order."""
    return {group: [key for key in KEYS if key.group is group] for group in Group}
