"""The checks can fail: each kind of fault, put into good evidence, is noticed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.checks import BOT_AGAIN, CLOSED, HANDED_OFF, JOINED, KINDS, WANTS_HUMAN, judge
from tests.faults.evidence import Call, Evidence, Line, Place, Sent, Stored

LINES = (
    Line(1, "customer", "m1"),
    Line(2, "bot", "echo 1:m1"),
    Line(3, "customer", "m2"),
    Line(4, "bot", "echo 2:m2"),
    Line(5, "customer", WANTS_HUMAN),
    Line(6, "system", f"{HANDED_OFF[0]} Wait."),
    Line(7, "system", f"Anna {JOINED}"),
    Line(8, "agent", "r1"),
    Line(9, "customer", "m3"),
    Line(10, "agent", "r2"),
    Line(11, "system", BOT_AGAIN),
    Line(12, "customer", "m4"),
    Line(13, "bot", "echo 3:m4"),
)
PLACES = {line.text: line.seq for line in LINES if line.author == "customer"}
VENDOR_LINES = (Line(1, "customer", "v1"), Line(2, "bot", "echo 1:v1"), Line(3, "bot", "more"))


def good() -> Evidence:
    """A web customer who comes to an agent and back, and a vendor's."""
    evidence = Evidence()
    moments = ("m1", "m2", "r1", "m3", "r2", "m4")
    for moment, text in enumerate(moments):
        place = Place("c1", PLACES[text]) if text in PLACES else None
        author = "customer" if place else "agent"
        evidence.sent.append(
            Sent(text, "t1", author, sent_at=moment, acked_at=moment + 0.5, place=place)
        )
    evidence.sent.append(Sent("old", "t1", "agent", sent_at=7, refused=True))
    turns = {1: "answered", 3: "answered", 12: "answered"}
    evidence.stored = [
        Stored("c1", "t1", "web", "bot", False, True, LINES, turns, undelivered=0, dead=0),
        Stored("c2", "t2", "vendor", "bot", False, False, VENDOR_LINES, {1: "answered"}, 0, 0),
    ]
    evidence.views = {"c1": list(LINES)}
    evidence.calls = [Call(f"c2:{line.seq}", "c2", line) for line in VENDOR_LINES[1:]]
    evidence.calls.append(evidence.calls[0])  # the same key again is no new message
    return evidence


def test_good_evidence_has_no_fault() -> None:
    assert judge(good()).problems == []


def store(evidence: Evidence, *lines: Line, show: bool = True) -> None:
    """Another transcript; the customer sees what is stored unless told otherwise."""
    evidence.stored[0] = replace(evidence.stored[0], lines=tuple(lines))
    if show:
        evidence.views["c1"] = list(lines)


def numbered(*lines: Line) -> list[Line]:
    return [replace(line, seq=number) for number, line in enumerate(lines, 1)]


def an_acknowledged_message_is_gone(evidence: Evidence) -> None:
    store(evidence, *numbered(*(line for line in LINES if line.text != "m3")))


def an_agents_reply_is_gone(evidence: Evidence) -> None:
    store(evidence, *numbered(*(line for line in LINES if line.text != "r2")))


def the_page_lacks_one(evidence: Evidence) -> None:
    del evidence.views["c1"][3]


def the_page_lacks_the_last(evidence: Evidence) -> None:
    evidence.views["c1"].pop()


def the_page_has_nothing(evidence: Evidence) -> None:
    evidence.views.clear()


def the_vendor_lacks_one(evidence: Evidence) -> None:
    evidence.calls = [call for call in evidence.calls if call.key != "c2:3"]


def an_answer_is_gone(evidence: Evidence) -> None:
    store(evidence, *numbered(*LINES[:12]))


def an_answer_says_nothing(evidence: Evidence) -> None:
    store(evidence, *LINES[:12], Line(13, "bot", "hm"))


def the_bot_was_never_asked(evidence: Evidence) -> None:
    evidence.stored[1] = replace(evidence.stored[1], turns={})


def the_state_was_lost(evidence: Evidence) -> None:
    store(evidence, *LINES[:12], Line(13, "bot", "echo 2:m4"))


def a_message_stands_twice(evidence: Evidence) -> None:
    store(evidence, *LINES, Line(14, "customer", "m4"))


def an_agents_reply_stands_twice(evidence: Evidence) -> None:
    store(evidence, *numbered(*LINES[:8], LINES[7], *LINES[8:]))


def an_answer_stands_twice(evidence: Evidence) -> None:
    store(evidence, *LINES, Line(14, "bot", "echo 4:m4"))


def the_page_shows_one_twice(evidence: Evidence) -> None:
    evidence.views["c1"].append(LINES[-1])


def the_vendor_got_one_under_two_keys(evidence: Evidence) -> None:
    evidence.calls.append(Call("c2:4", "c2", VENDOR_LINES[2]))


def two_agents_have_it(evidence: Evidence) -> None:
    store(evidence, *numbered(*LINES[:7], Line(0, "system", f"Ben {JOINED}"), *LINES[7:]))


def messages_changed_places(evidence: Evidence) -> None:
    first, second = LINES[7], LINES[9]
    changed = {8: second, 10: first}
    store(evidence, *(replace(changed.get(line.seq, line), seq=line.seq) for line in LINES))


def a_number_is_missing(evidence: Evidence) -> None:
    store(evidence, *LINES[:12], replace(LINES[12], seq=14))


def the_page_changed_places(evidence: Evidence) -> None:
    view = evidence.views["c1"]
    view[1], view[2] = view[2], view[1]


def the_vendor_changed_places(evidence: Evidence) -> None:
    evidence.calls = evidence.calls[1::-1]


def it_is_not_where_it_was_acknowledged(evidence: Evidence) -> None:
    evidence.sent[0].place = Place("c1", 3)


def a_refused_reply_was_sent(evidence: Evidence) -> None:
    store(evidence, *numbered(*LINES[:10], Line(0, "agent", "old"), *LINES[10:]))


def the_bot_talks_over_the_agent(evidence: Evidence) -> None:
    store(evidence, *numbered(*LINES[:9], Line(0, "bot", "By the way"), *LINES[9:]))


def the_bot_talks_to_the_queue(evidence: Evidence) -> None:
    store(evidence, *numbered(*LINES[:6], Line(0, "bot", "By the way"), *LINES[6:]))


def an_agent_talks_after_the_end(evidence: Evidence) -> None:
    ended = (*LINES[:10], Line(0, "system", CLOSED), Line(0, "agent", "r3"))
    evidence.sent = [sent for sent in evidence.sent if sent.text != "m4"]
    store(evidence, *numbered(*ended))


def a_turn_was_forgotten(evidence: Evidence) -> None:
    evidence.stored[0].turns[14] = "asking"


def a_delivery_was_forgotten(evidence: Evidence) -> None:
    evidence.stored[0] = replace(evidence.stored[0], undelivered=1)


def a_letter_died(evidence: Evidence) -> None:
    evidence.stored[0] = replace(evidence.stored[0], dead=1)


def nobody_has_it(evidence: Evidence) -> None:
    evidence.stored[0] = replace(evidence.stored[0], status="with_agent")


def it_is_in_no_queue(evidence: Evidence) -> None:
    evidence.stored[1] = replace(evidence.stored[1], status="queued")


def somebody_still_waits(evidence: Evidence) -> None:
    evidence.unfinished.append("customer c1 waits for the acknowledgement of m9")


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("lost", an_acknowledged_message_is_gone),
        ("lost", an_agents_reply_is_gone),
        ("lost", the_page_lacks_one),
        ("lost", the_page_lacks_the_last),
        ("lost", the_page_has_nothing),
        ("lost", the_vendor_lacks_one),
        ("lost", an_answer_is_gone),
        ("lost", an_answer_says_nothing),
        ("lost", the_bot_was_never_asked),
        ("lost", the_state_was_lost),
        ("doubled", a_message_stands_twice),
        ("doubled", an_agents_reply_stands_twice),
        ("doubled", an_answer_stands_twice),
        ("doubled", the_page_shows_one_twice),
        ("doubled", the_vendor_got_one_under_two_keys),
        ("doubled", two_agents_have_it),
        ("out of order", messages_changed_places),
        ("out of order", a_number_is_missing),
        ("out of order", the_page_changed_places),
        ("out of order", the_vendor_changed_places),
        ("out of order", it_is_not_where_it_was_acknowledged),
        ("stale", a_refused_reply_was_sent),
        ("stale", the_bot_talks_over_the_agent),
        ("stale", the_bot_talks_to_the_queue),
        ("stale", an_agent_talks_after_the_end),
        ("limbo", a_turn_was_forgotten),
        ("limbo", a_delivery_was_forgotten),
        ("limbo", a_letter_died),
        ("limbo", nobody_has_it),
        ("limbo", it_is_in_no_queue),
        ("limbo", somebody_still_waits),
    ],
)
def test_a_fault_is_noticed(kind: str, spoil: Callable[[Evidence], None]) -> None:
    evidence = good()
    spoil(evidence)
    verdict = judge(evidence)
    assert verdict.count(kind) > 0, verdict.problems
    assert sum(verdict.count(one) for one in KINDS) == len(verdict.problems)
