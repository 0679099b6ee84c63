"""A guide's steps: onward, solved, skipped, by error code, and what is left at the end."""

import pytest

from actions.guides.guide import (
    OFFER,
    Outcome,
    Progress,
    answer,
    begin,
    find_code,
    with_code,
)
from actions.guides.library import GUIDES, LABELS, VPN, in_words


def said(at: Progress, intent: str, code: str | None = None) -> Progress:
    to = answer(VPN, at, intent=intent, code=code)
    assert to is not None
    return to


def test_every_step_is_offered_once_and_then_an_incident() -> None:
    at, seen = begin(VPN, None), []
    while at.step != OFFER:
        seen.append((at.number, at.step))
        at = said(at, "not_solved")
    assert seen == list(enumerate(VPN.steps, start=1))
    assert at.tried == VPN.steps


@pytest.mark.parametrize("intent", ["solved", "affirm"])
def test_it_stops_at_once_when_it_works(intent: str) -> None:
    at = said(begin(VPN, None), "not_solved")
    assert said(at, intent).outcome is Outcome.SOLVED


@pytest.mark.parametrize("intent", ["not_solved", "deny", "it_vpn"])
def test_what_did_not_help_counts_as_tried(intent: str) -> None:
    assert said(begin(VPN, None), intent).tried == ("internet",)


def test_a_step_that_one_cannot_do_is_left_out_and_not_told_as_tried() -> None:
    at = said(begin(VPN, None), "dont_know")
    assert (at.step, at.number, at.tried) == ("restart", 2, ())


def test_an_error_code_leads_to_its_step_and_the_others_follow() -> None:
    at = begin(VPN, "809")
    assert at.step == "network"
    assert said(at, "not_solved").step == "internet"
    at = said(begin(VPN, None), "it_vpn", code="691")
    assert (at.step, at.tried) == ("sign_in", ())


def test_a_code_whose_step_was_tried_and_a_strange_code_are_kept_for_the_agent() -> None:
    at = said(begin(VPN, None), "not_solved")
    assert said(at, "correction", code="868") == with_code(VPN, at, "868")
    assert said(at, "nlu_fallback", code="4711").step == at.step
    assert said(at, "nlu_fallback", code="4711").code == "4711"


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [
        ("affirm", Outcome.INCIDENT),
        ("it_incident_report", Outcome.INCIDENT),
        ("deny", Outcome.DECLINED),
        ("solved", Outcome.SOLVED),
        ("not_solved", None),
    ],
)
def test_the_offer_of_an_incident(intent: str, outcome: Outcome | None) -> None:
    assert said(Progress("vpn", OFFER, tried=VPN.steps), intent).outcome is outcome


@pytest.mark.parametrize("intent", ["it_printer", "greet", "talk_to_human", "cancel", None])
def test_another_matter_is_no_answer(intent: str | None) -> None:
    for at in (begin(VPN, None), Progress("vpn", OFFER)):
        assert answer(VPN, at, intent=intent, code=None) is None


@pytest.mark.parametrize("intent", ["repeat", "wait", "thank"])
def test_a_pause_changes_nothing(intent: str) -> None:
    assert said(begin(VPN, None), intent) == begin(VPN, None)


def test_a_wish_for_a_person_is_one_even_with_a_code() -> None:
    assert answer(VPN, begin(VPN, None), intent="talk_to_human", code="809") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("vpn error 809", "809"),
        ("wyskakuje błąd 691 przy logowaniu do vpn", "691"),
        ("kod błędu: 13801", "13801"),
        ("Error code 720 since monday", "720"),
        ("809", "809"),
        ("it's 809", "809"),
        ("my number is 691 809 123, call me", None),
        ("vpn does not work", None),
        ("I am in room 809 and the vpn drops", None),
    ],
)
def test_a_code_is_found_where_one_is_meant(text: str, code: str | None) -> None:
    assert find_code(VPN, text, []) == code


def test_the_extractors_code_counts_even_if_no_guide_knows_it() -> None:
    assert find_code(VPN, "it says 0x80072ee7", ["0x80072EE7"]) == "0x80072EE7"


def test_the_progress_survives_the_way_through_a_slot() -> None:
    at = said(said(begin(VPN, "809"), "not_solved"), "dont_know")
    assert VPN.knows(at.stored())
    assert Progress.of(at.stored()) == at
    assert not GUIDES["wifi"].knows(at.stored())
    assert not VPN.knows({"guide": "vpn", "step": "of an older version"})


def test_every_step_has_a_label_in_both_languages() -> None:
    for guide in GUIDES.values():
        assert set(guide.codes.values()) <= set(guide.steps)
        for language in LABELS:
            at = Progress(guide.name, OFFER, tried=guide.steps)
            told = in_words(guide, at, language)["tried"].split(", ")
            assert len(set(told)) == len(guide.steps)
    assert LABELS["en"].keys() == LABELS["pl"].keys()


def test_the_offer_is_made_three_times_and_then_a_person_comes() -> None:
    at = Progress("vpn", OFFER, tried=VPN.steps)
    for intent in ("not_solved", "dont_know"):
        at = said(Progress.of(at.stored()), intent)
        assert at.outcome is None
    assert said(Progress.of(at.stored()), "not_solved").outcome is Outcome.PERSON
