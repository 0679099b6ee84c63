"""The first half of an agent's day (test_inbox_day.py): answering, and helping each other."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.day import SECRET, Day
from tests.browser.keyboard import SLOW_MS

# Shortcut, then title and text in English and in Polish.
REPLIES: tuple[tuple[str, ...], ...] = (
    (
        "parcel",
        "Parcel",
        "Parcel {order_number} is on its way.",
        "Paczka",
        "Paczka już jedzie.",
    ),
    ("done", "Done", "Done, thank you for writing!", "", ""),
)


def the_lead_prepares(day: Day) -> None:
    """Two saved replies and a label, on their pages."""
    ola = day.ola
    ola.tabs_to("a[href='/inbox/saved']")
    ola.press("Enter")
    for row in REPLIES:
        ola.tabs_to("details.saved-one:first-of-type > summary")
        ola.press("Enter", "Tab")
        for words in row:
            ola.at("[name=shortcut], [name^=title_], [name^=text_]")
            ola.types(words)
            ola.press("Tab")
        ola.at("[name=actions]")
        if row[0] == "done":
            ola.types("label Complaint")
            ola.press("Enter")
            ola.types("close")
        ola.press("Tab", "Enter")
        ola.sees("details.saved-one summary code", f"/{row[0]}")
    ola.page.goto(f"{day.desk.url}/inbox/labels")  # as from the address bar
    ola.tabs_to("[name=desk]")
    ola.press("Tab")
    ola.types("Complaint")
    ola.press("Enter")
    ola.sees(".chip.label", "Complaint")
    ola.tabs_to("a[href='/inbox']")
    with ola.page.expect_response("**/inbox/live"):
        ola.press("Enter")


def a_handoff_is_heard_and_answered(day: Day, shots: Path) -> None:
    """1: it rings, the packet says what it is about, and is said to be enough."""
    anna = day.anna
    anna.looks_at("queue", "g q")
    customer = day.waits()
    expect(anna.page).to_have_title("(1) Inbox", timeout=SLOW_MS)
    anna.sees("#announcer", "New in the queue")
    anna.opens(customer.conversation)
    anna.press("i")
    anna.at("#evidence > summary")
    for words in ("asked for a person", "Where is my order 10482?", "10482", "left our warehouse"):
        anna.sees(".evidence", words)
    anna.press("v")
    anna.at(".conversation .scroll")
    anna.page.screenshot(path=shots / "day-1-packet.png")
    anna.press("c")
    anna.at("#reply-text")
    day.did.add((customer.conversation, "claim", "Anna"))
    anna.panel("t", "[name=enough]")
    anna.press("Space")
    anna.saves_panel()
    anna.sees(".rating", "change your answer")
    anna.replies("Good morning, it comes tomorrow.")
    customer.hears("agent", "it comes tomorrow")
    day.is_closed(anna, customer, "Anna")


def suggestions_and_saved_replies(day: Day) -> None:
    """2 to 4: the bot's answer as a suggestion, a saved reply with a gap, and one in Polish."""
    anna = day.anna
    customer = day.waits("How long does it take?", "two working days")
    day.takes(anna, customer, "Anna")
    anna.sees("#suggestion-1")
    anna.press("Alt+Enter")
    expect(anna.page.locator("#reply-text")).not_to_have_value("", timeout=SLOW_MS)
    anna.press("Control+End")
    anna.types(" Anything else?")
    anna.sends("Anything else?")
    customer.hears("agent", "Anything else?")
    day.is_closed(anna, customer, "Anna")

    customer = day.waits()
    day.takes(anna, customer, "Anna")
    anna.finds("/par", "/parcel")
    anna.press("Enter")
    anna.holds("#reply-text", "Parcel \u27e6Order number\u27e7 is on its way.")
    anna.types("10482")  # over the gap, which is selected
    anna.holds("#reply-text", "Parcel 10482 is on its way.")
    anna.sends("Parcel 10482 is on its way.")
    customer.hears("agent", "Parcel 10482 is on its way.")
    day.is_closed(anna, customer, "Anna")

    customer = day.street.comes("Gdzie jest moje zamówienie 20771?", "Zamówienie 20771")
    customer.says("Poproszę człowieka, to pilne")
    customer.hears("system", "")
    there = customer.conversation
    anna.opens(there)
    anna.claims()
    day.did.add((there, "claim", "Anna"))
    anna.finds("/pacz", "/parcel")
    anna.press("Enter")
    anna.holds("#reply-text", "Paczka już jedzie.")
    anna.sends("Paczka już jedzie.")
    customer.hears("agent", "Paczka już jedzie.")
    anna.closes()
    customer.hears("system", "zakończ")
    day.ends[there] = ("closed", None)
    day.did.add((there, "close", "Anna"))


def colleagues_help(day: Day) -> None:
    """5 and 6: a note names Piotr; Anna asks him, and he answers."""
    anna, piotr = day.anna, day.piotr
    customer = day.waits("I was charged twice", "one payment")
    there = day.takes(anna, customer, "Anna")
    anna.notes(f"@Piotr {SECRET}: have you seen this before?")
    piotr.opens(there, "mentions", "g @")
    piotr.sees("#entries .note", SECRET)
    piotr.notes(f"{SECRET}: yes, twice a week")
    anna.sees("#entries .note", "twice a week")
    anna.leaves_the_field()
    anna.replies("We see one payment only.")
    customer.hears("agent", "one payment only")
    day.is_closed(anna, customer, "Anna")

    customer = day.waits("I was charged twice again", "one payment")
    there = day.takes(anna, customer, "Anna")
    anna.panel("a", "#ask-whom")
    anna.chooses("Piotr")
    anna.press("Tab")
    anna.types(f"{SECRET}: is that our bank's fault?")
    anna.saves_panel()
    anna.sees(".is-question", "Piotr has been asked")
    piotr.opens(there, "mentions", "g @")
    piotr.sees(".is-question", "Anna asks you")
    piotr.press("a")
    piotr.at("#panel textarea")
    piotr.types(f"{SECRET}: it is, they give it back")
    piotr.saves_panel()
    anna.sees("#entries .note", "they give it back")
    anna.replies("Your bank gives it back.")
    customer.hears("agent", "gives it back")
    day.is_closed(anna, customer, "Anna")


def handed_about(day: Day) -> None:
    """7 to 9: to a colleague, to another desk, and back into the queue."""
    anna, piotr = day.anna, day.piotr
    customer = day.waits()
    there = day.takes(anna, customer, "Anna")
    anna.panel("h", "#hand-over-to")
    anna.chooses("Piotr")
    anna.press("Tab")
    anna.types(f"{SECRET}: he is a regular")
    anna.saves_panel()
    customer.hears("system", "Piotr takes over from here")
    day.did.add((there, "hand_over", "Anna"))
    piotr.opens(there, "mine", "g m")
    piotr.sees("#entries .note", "a regular")
    piotr.replies("Hello again!")
    customer.hears("agent", "Hello again!")
    day.is_closed(piotr, customer, "Piotr")

    customer = day.waits("My VPN is slow", "restart the VPN")
    there = day.takes(anna, customer, "Anna")
    anna.panel("h", "#hand-over-to")
    anna.chooses("IT")
    anna.press("Tab", "Enter")
    anna.sees("#work .nothing-open")  # it is out of her desk's hands
    customer.hears("system", "IT help")
    day.did.add((there, "change_desk", "Anna"))
    day.takes(piotr, customer, "Piotr")
    piotr.replies("Which version is it?")
    customer.hears("agent", "Which version is it?")
    day.is_closed(piotr, customer, "Piotr")

    customer = day.waits()
    there = day.takes(anna, customer, "Anna")
    anna.leaves_the_field()
    anna.press("q")
    anna.sees(".head .badge.is-queued")
    day.did.add((there, "release", "Anna"))
    day.takes(piotr, customer, "Piotr")
    piotr.replies("I have it now.")
    customer.hears("agent", "I have it now.")
    day.is_closed(piotr, customer, "Piotr")
