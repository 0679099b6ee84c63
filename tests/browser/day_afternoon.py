"""The second half of an agent's day (test_inbox_day.py): all but plain answering, and home time."""

from tests.browser.day import SECRET, Day
from tests.browser.keyboard import Hands


def undone_and_stopped(day: Day) -> None:
    """10 and 11: a reply is taken back; one is stopped by what the customer writes meanwhile."""
    piotr = day.piotr
    holds_replies(piotr, "End")
    customer = day.waits()
    day.takes(piotr, customer, "Piotr")
    piotr.types("Dear Olaf")
    piotr.is_held("Dear Olaf")
    piotr.press("Control+z")
    piotr.sees(".held", times=0)
    piotr.sees("#reply-text:not([data-version=''])")  # that of the desk, with what was taken back
    piotr.holds("#reply-text", "Dear Olaf")
    piotr.at("#reply-text")
    piotr.press("Control+a")
    piotr.types("Dear Ola!")
    piotr.is_held("Dear Ola!")
    day.is_closed(piotr, customer, "Piotr")  # which sends what is held first
    customer.hears("agent", "Dear Ola!")
    assert not [line for line in customer.page(customer.conversation) if "Olaf" in line.text]

    customer = day.waits()
    day.takes(piotr, customer, "Piotr")
    piotr.types("It comes")
    customer.says("Never mind, it is here!")
    piotr.sees("#entries", "it is here!")
    piotr.types(" tomorrow")
    piotr.press("Enter")
    piotr.sees("#reply-stop", "Never mind, it is here!")
    piotr.at("#reply-text")
    piotr.press("Control+a")
    piotr.types("Good to hear!")
    piotr.tabs_to("#send-anyway", back=True)
    piotr.is_held("Good to hear!")
    day.is_closed(piotr, customer, "Piotr")
    customer.hears("agent", "Good to hear!")
    holds_replies(piotr, "Home")


def holds_replies(hands: Hands, key: str) -> None:
    """For how long, on the page of replies: the last choice is the longest, the first is none."""
    hands.press("Escape")
    hands.tabs_to("a[href='/inbox/saved']", back=True)
    hands.press("Enter")
    hands.tabs_to("#undo-seconds")
    hands.press(key, "Tab")
    hands.at(".undo-time button")
    with hands.page.expect_navigation():
        hands.press("Enter")
    hands.tabs_to("main a[href='/inbox']")
    with hands.page.expect_response("**/inbox/live"):
        hands.press("Enter")


def put_off_and_given_back(day: Day) -> None:
    """12 to 14: until the customer writes, until tomorrow, and to the bot, which goes on."""
    anna = day.anna
    customer = day.waits()
    there = day.takes(anna, customer, "Anna")
    anna.replies("Could you send us the number?")
    anna.leaves_the_field()
    anna.press("s")
    anna.at("#snooze-until")
    anna.press("End", "Tab", "Enter")
    anna.sees(".head .badge.is-snoozed")
    day.did.add((there, "snooze", "Anna"))
    anna.looks_at("mine", "g m")
    customer.says("It is 4711")
    anna.sees(f"#row-{there}.is-unread")
    anna.opens(there, "mine", "g m")
    anna.replies("Found it.")
    customer.hears("agent", "Found it.")
    day.is_closed(anna, customer, "Anna")

    customer = day.waits()
    there = day.takes(anna, customer, "Anna")
    anna.replies("I will know more tomorrow.")
    anna.leaves_the_field()
    anna.press("s")
    anna.at("#snooze-until")
    anna.press("ArrowDown", "ArrowDown", "Tab", "Enter")
    anna.sees(".head .badge.is-snoozed")
    customer.hears("agent", "I will know more tomorrow.")
    day.ends[there] = ("snoozed", "Anna")

    customer = day.waits()
    there = day.takes(anna, customer, "Anna")
    anna.panel("B", "#give-back-summary, [name=fact]")
    anna.tabs_to("#give-back-summary")
    anna.types(f"{SECRET}: wants the invoice again")
    anna.saves_panel()
    customer.hears("system", "talking with the assistant again")
    customer.says("And the invoice?")
    customer.hears("bot", "on its way to your mailbox")
    assert day.bot.asked[-1].facts["summary"] == f"{SECRET}: wants the invoice again"
    day.ends[there] = ("bot", None)
    day.did.add((there, "return_to_bot", "Anna"))


def told_apart(day: Day) -> None:
    """15: a label and a priority, and a macro that labels and closes."""
    anna = day.anna
    customer = day.waits()
    there = day.takes(anna, customer, "Anna")
    anna.panel("p", "[name=priority]:checked")
    anna.press("ArrowUp")
    anna.saves_panel()
    anna.panel("y", "[name=label]")
    anna.press("Space")
    anna.saves_panel()
    anna.sees(".head .chip.label", "Complaint")
    anna.press("r")
    anna.at("#reply-text")
    anna.finds("/done", "/done")
    anna.press("Enter")
    anna.sees(".saved-used .then")
    anna.press("Enter")
    customer.hears("agent", "Done, thank you")
    customer.hears("system", "This conversation is closed")
    anna.sees(".head .badge.is-closed")
    day.ends[there] = ("closed", None)
    day.did |= {(there, "close", "Anna")}


def the_lead_steps_in(day: Day) -> None:
    """16 and 17: Ola sees the queue and her people, takes one over and gives another to Piotr."""
    anna, piotr, ola = day.anna, day.piotr, day.ola
    first, second = day.waits(), day.waits()
    day.takes(anna, first, "Anna")
    ola.opens(second.conversation)
    ola.panel("h", "#hand-over-to")
    ola.chooses("Piotr")
    ola.press("Tab")
    ola.saves_panel()
    day.did.add((second.conversation, "hand_over", "Ola"))
    piotr.opens(second.conversation, "mine", "g m")
    piotr.replies("It is with me now.")
    day.is_closed(piotr, second, "Piotr")
    second.hears("agent", "It is with me now.")

    ola.opens(first.conversation, "for_us", "g o")
    ola.sees(".head .badge", "Anna")
    ola.panel("h", "#hand-over-to")
    ola.chooses("Ola")
    ola.sees("#hand-over-to", "Ola (you take over)")
    ola.press("Tab")
    ola.saves_panel()
    first.hears("system", "Ola takes over from here")
    anna.sees(".head .badge", "Ola")
    day.did.add((first.conversation, "hand_over", "Ola"))
    ola.replies("I look after this myself.")
    first.hears("agent", "I look after this myself.")
    day.is_closed(ola, first, "Ola")


def everything_is_found(day: Day) -> None:
    """By another form of the word, without its diacritics."""
    anna = day.anna
    anna.press("Escape", "f")
    anna.at("#search")
    anna.types("zamowieniem")
    anna.sees("#rows mark", "zamówienie")
    anna.sees("#rows .row", times=1)
    anna.press("ArrowDown")
    anna.at("#rows .row")
    anna.press("Enter")
    anna.at("#entries *")  # the message that was found
    anna.sees("#entries", "Gdzie jest moje zamówienie 20771?")
    anna.press("f")
    anna.at("#search")
    anna.press("Control+a", "Delete")
    anna.sees("#list[data-view=queue]")
    anna.press("Escape")
    anna.at("body")


def three_quick_ones(day: Day) -> None:
    """18 to 20: the longest wait first, one key after another; the last stays with Anna."""
    customers = [day.waits() for _ in range(3)]
    for number, customer in enumerate(customers[:2]):
        day.takes(day.piotr, customer, "Piotr")
        day.piotr.replies(f"Quickly done, {number}.")
        day.is_closed(day.piotr, customer, "Piotr")
        customer.hears("agent", f"Quickly done, {number}.")
    day.takes(day.anna, customers[2], "Anna")


def home_time(day: Day) -> None:
    """Anna has a break and goes home; what she has is somebody's again."""
    anna, piotr, last = day.anna, day.piotr, day.street.customers[-1]
    anna.is_now("away", "ArrowDown")
    anna.is_now("break", "ArrowDown")
    anna.is_now("offline", "End")
    last.hears("system", "is back in the queue")
    day.takes(piotr, last, "Piotr")
    piotr.replies("Anna has gone home; I am here.")
    day.is_closed(piotr, last, "Piotr")
    last.hears("agent", "I am here.")
