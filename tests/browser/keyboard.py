"""An agent who has a keyboard and nothing else: no click, no focus that no key has brought.

Every wait is for a state of the page. Whatever cannot be done here cannot be done by keyboard.
"""

from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.browser.live import PATIENCE_MS

SLOW_MS = 2 * PATIENCE_MS
MOST_TABS = 90
# Where the keyboard is in an opened conversation: its title, or the note that it was opened for.
READS = "#customer, .is-sought"
# What a pointer does is noted, for as long as the tab lives.
INSIDE = """
for (const kind of ["pointerdown", "mousedown", "click", "touchstart"])
  addEventListener(kind, (event) => {
    // Enter on a button clicks as well; such a click has no place on the screen.
    const isKey = kind === "click" && event.detail === 0;
    if (event.isTrusted && !isKey) sessionStorage.pointer = kind;
  }, { capture: true });
// Two keys that belong together may be further apart than a person's.
const later = window.setTimeout;
window.setTimeout = (act, ms, ...rest) => later(act, ms === 1500 ? 60_000 : ms, ...rest);
"""


class Hands:
    """An agent's browser, by what a keyboard can do to it."""

    def __init__(self, browser: Browser, url: str, *, locale: str = "en-GB") -> None:
        context = browser.new_context(locale=locale, viewport={"width": 1400, "height": 900})
        self.url = url
        self.page: Page = context.new_page()
        self.page.add_init_script(INSIDE)
        self.asked: list[str] = []  # by the browser's own dialogs
        self.page.on("dialog", self._confirm)

    def _confirm(self, dialog: Dialog) -> None:
        """Enter, in the dialog that the browser shows."""
        self.asked.append(dialog.message)
        dialog.accept()

    def has_no_mouse(self) -> None:
        """Nothing on these pages was ever pressed by a pointer."""
        assert self.page.evaluate("sessionStorage.pointer ?? null") is None

    def leaves(self) -> None:
        self.has_no_mouse()
        self.page.context.close()

    # ------------------------------------------------------------ keys
    def press(self, *keys: str) -> None:
        """One after another; `g q` are two."""
        for key in keys:
            for stroke in key.split(" "):
                self.page.keyboard.press(stroke)

    def types(self, words: str) -> None:
        self.page.keyboard.type(words)

    def at(self, selector: str) -> None:
        """The keyboard is there now."""
        self.page.wait_for_function(
            "(selector) => document.activeElement?.matches(selector)", arg=selector, timeout=SLOW_MS
        )

    def tabs_to(self, selector: str, *, back: bool = False) -> int:
        """Tab until it is there; how many it took."""
        expect(self.page.locator(selector).first).to_be_visible(timeout=SLOW_MS)
        for count in range(MOST_TABS):
            if self.page.evaluate("(one) => !!document.activeElement?.matches(one)", selector):
                return count
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{MOST_TABS} Tabs do not lead to {selector}")

    def chooses(self, words: str) -> None:
        """An option of the list that has the focus, by the letters that it begins with."""
        self.types(words)
        chosen = "document.activeElement.selectedOptions[0]?.textContent.trim()"
        self.page.wait_for_function(
            f"(words) => {chosen}.startsWith(words)", arg=words, timeout=SLOW_MS
        )

    # ------------------------------------------------------------ what is seen
    def sees(self, selector: str, words: str | None = None, *, times: int | None = None) -> Locator:
        found = self.page.locator(selector)
        if times is not None:
            expect(found).to_have_count(times, timeout=SLOW_MS)
        elif words is None:
            expect(found.first).to_be_visible(timeout=SLOW_MS)
        else:
            expect(found.filter(has_text=words).first).to_be_visible(timeout=SLOW_MS)
        return found

    def holds(self, selector: str, value: str) -> None:
        """A field has this value."""
        expect(self.page.locator(selector)).to_have_value(value, timeout=SLOW_MS)

    # ------------------------------------------------------------ the way in
    def signs_in(self, email: str, password: str, new_password: str) -> None:
        """For the first time: the one-time password is changed at once."""
        self.page.goto(f"{self.url}/inbox")
        self.at("[name=email]")
        self.types(email)
        self.press("Tab")
        self.types(password)
        self.press("Enter")
        self.at("[name=old]")
        self.types(password)
        self.press("Tab")
        self.types(new_password)
        with self.page.expect_response("**/inbox/live"):
            self.press("Enter")
        self.sees("#list[data-view=queue]")

    def is_now(self, state: str, *keys: str) -> None:
        """Chooses what they are to colleagues."""
        self.press("Escape", "g p")
        self.at("#presence-state")
        self.press(*keys)
        self.sees(f"#presence[data-state={state}]")
        self.press("Escape")
        self.at("body")

    # ------------------------------------------------------------ the list
    def looks_at(self, view: str, keys: str) -> None:
        """Another list, with nothing open beside it."""
        self.press("Escape", keys)
        self.sees(f"#list[data-view={view}]")
        self.sees("#work .nothing-open")

    def opens(self, conversation: str, view: str = "queue", keys: str = "g q") -> None:
        """From a list, row by row."""
        self.looks_at(view, keys)
        self.sees(f"#row-{conversation}")
        for _ in range(40):
            here = self.page.locator("#work").get_attribute("data-conversation")
            if here == conversation:
                return self.at(READS)
            self.press(self._way(conversation))
            self.page.wait_for_function(
                """([before, reads]) => {
                    const now = document.getElementById("work")?.dataset.conversation ?? null;
                    return now !== before && document.activeElement?.matches(reads);
                }""",
                arg=[here, READS],
                timeout=SLOW_MS,
            )
        raise AssertionError(f"{conversation} was not reached")

    def _way(self, conversation: str) -> str:
        """Down, or up when it is above the open one."""
        is_above = self.page.evaluate(
            """(id) => {
                const rows = [...document.querySelectorAll("#rows .row")];
                const open = rows.findIndex((row) => row.matches("[aria-current]"));
                const wanted = rows.findIndex((row) => row.id === `row-${id}`);
                return wanted >= 0 && wanted < open;
            }""",
            conversation,
        )
        return "k" if is_above else "j"

    # ------------------------------------------------------------ an open conversation
    def claims(self) -> None:
        self.press("c")
        self.at("#reply-text")

    def replies(self, words: str) -> None:
        """Types and sends; it is in the transcript, and the composer is empty again."""
        if self.page.evaluate("document.activeElement.id") != "reply-text":
            self.press("r")
            self.at("#reply-text")
        self.types(words)
        self.sends(words)

    def sends(self, words: str) -> None:
        """What stands in the composer."""
        self.press("Enter")
        self.sees("#entries .by-agent", words)
        self.holds("#reply-text", "")
        self.at("#reply-text")

    def finds(self, typed: str, label: str) -> None:
        """Types what opens the list under the composer; it has been narrowed down to this one."""
        self.types(typed)
        self.sees("#finder li", times=1)
        self.sees("#finder li[aria-selected=true]", label)

    def is_held(self, words: str) -> None:
        """Enter, and the reply waits to be taken back; the composer is there for the next one."""
        self.press("Enter")
        self.sees(".held", words)
        self.holds("#reply-text", "")
        self.at("#reply-text")

    def leaves_the_field(self) -> None:
        """If it is in one: Escape leaves a note that was opened as it is."""
        self.press("Escape")
        self.at(READS)

    def closes(self) -> None:
        """By key, and with the browser's own question answered."""
        self.leaves_the_field()
        self.press("e")
        self.sees(".head .badge.is-closed")
        self.at("#customer")

    def panel(self, key: str, field: str) -> None:
        """A form beside the conversation; the keyboard is in its first field."""
        self.leaves_the_field()
        self.press(key)
        self.at(field)

    def saves_panel(self) -> None:
        """Enter in one of its fields; it is gone, and the keyboard is at the title."""
        self.press("Enter")
        self.sees("#panel [data-panel]", times=0)
        self.at("#customer")

    def notes(self, words: str) -> None:
        self.leaves_the_field()
        self.press("n")
        self.at("#note-text")
        self.types(words)
        self.press("Enter")
        self.sees("#entries .note", words)
        self.holds("#note-text", "")
