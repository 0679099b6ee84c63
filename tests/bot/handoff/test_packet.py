"""The packet, from nothing at all to a long conversation."""

from datetime import UTC, datetime

import pytest

from bot.handoff.origin import browser_in_words, device_of, page_of, safe_link
from bot.handoff.packet import (
    Asked,
    CaseFile,
    EarlierConversation,
    Exchange,
    Fact,
    Guess,
    Reachable,
    Said,
    StoredTurn,
    build_packet,
)

RANKING = (Guess("care_return_item", 0.8), Guess("care_refund_status", 0.3))


def case(
    *turns: StoredTurn, said: tuple[Said, ...] = (), reason: str | None = "asked_for_human"
) -> CaseFile:
    return CaseFile(reason=reason, language="en", channel="web", turns=turns, said=said)


def clear(seq: int = 1) -> StoredTurn:
    return StoredTurn(seq, "care_return_item", 0.8, RANKING)


def social(seq: int, intent: str = "talk_to_human") -> StoredTurn:
    ranking = (Guess(intent, 0.97), Guess("care_delivery_time", 0.02))
    return StoredTurn(seq, intent, 0.97, ranking)


def miss(seq: int) -> StoredTurn:
    ranking = (Guess("nlu_fallback", 0.4), Guess("care_invoice", 0.31), Guess("greet", 0.2))
    return StoredTurn(seq, "nlu_fallback", 0.4, ranking)


def test_an_empty_case_makes_an_empty_packet() -> None:
    packet = build_packet(case(reason=None))
    assert packet.reason is None
    assert packet.wish is None
    assert packet.page is None
    assert packet.browser is None
    assert (packet.facts, packet.exchanges, packet.other_topics) == ((), (), ())


def test_the_wish_is_the_last_thing_asked_not_the_call_for_a_human() -> None:
    said = (Said(1, "customer", "How do I return it?"), Said(3, "customer", "A human!"))
    packet = build_packet(case(clear(1), social(3), said=said))
    assert packet.wish is not None
    assert packet.wish.is_clear
    assert packet.wish.words == "How do I return it?"
    assert packet.wish.guesses == RANKING
    assert packet.wish.margin == pytest.approx(0.5)


@pytest.mark.parametrize("intent", ["talk_to_human", "greet", "thank", "affirm", "bot_challenge"])
def test_small_talk_counts_only_when_there_is_nothing_else(intent: str) -> None:
    alone = build_packet(case(social(1, intent))).wish
    assert alone is not None
    assert [guess.intent for guess in alone.guesses] == [intent]
    beside = build_packet(case(clear(1), social(2, intent))).wish
    assert beside is not None
    assert beside.guesses[0].intent == "care_return_item"


def test_after_a_miss_the_guesses_are_marked_as_such() -> None:
    packet = build_packet(case(clear(1), miss(3), miss(5), reason="two_misses"))
    assert packet.wish is not None
    assert not packet.wish.is_clear
    assert packet.wish.guesses == (Guess("care_invoice", 0.31),)
    assert packet.wish.margin is None
    assert packet.other_topics == ("care_return_item",)


def test_an_engine_that_failed_leaves_what_came_before() -> None:
    failed = StoredTurn(3, problem="connect failed")
    said = (Said(1, "customer", "Return?"), Said(2, "bot", "30 days."), Said(3, "customer", "Hm"))
    packet = build_packet(case(clear(1), failed, said=said, reason="engine_down"))
    assert packet.wish is not None
    assert packet.wish.guesses == RANKING
    assert packet.exchanges[-1] == Exchange((Asked(3, "Hm", None, None, "connect failed"),), ())


def test_without_a_ranking_the_intent_itself_is_shown() -> None:
    packet = build_packet(case(StoredTurn(1, "care_invoice", 0.7)))
    assert packet.wish is not None
    assert packet.wish.guesses == (Guess("care_invoice", 0.7),)


def test_a_pressed_answer_of_a_form_is_neither_a_wish_nor_something_understood() -> None:
    choice = ({"entity": "choice", "value": "return_item=JBL Flip 6"},)
    pressed = StoredTurn(3, "care_return_item", 1.0, entities=choice)
    said = (Said(1, "customer", "I want to return it"), Said(3, "customer", "JBL Flip 6"))
    packet = build_packet(case(clear(1), pressed, said=said))
    assert packet.wish is not None
    assert packet.wish.words == "I want to return it"
    assert packet.exchanges[-1].asked[-1] == Asked(3, "JBL Flip 6", None, None, None)


def test_what_a_form_was_told_is_neither_a_wish_nor_something_understood() -> None:
    told = StoredTurn(3, "nlu_fallback", 0.8, asked_for="return_item")
    said = (Said(1, "customer", "I want to return it"), Said(3, "customer", "the small jbl"))
    packet = build_packet(case(clear(1), told, said=said))
    assert packet.wish is not None
    assert (packet.wish.words, packet.wish.is_clear) == ("I want to return it", True)
    assert packet.exchanges[-1].asked[-1] == Asked(3, "the small jbl", None, None, None)


def test_what_a_form_took_is_no_wish_however_much_it_sounds_like_one() -> None:
    slots = {"access_system": "CRM", "requested_slot": "access_level"}
    told = StoredTurn(3, "it_app_crash", 0.74, slots=slots, asked_for="access_system")
    said = (Said(1, "customer", "I need access"), Said(3, "customer", "CRM"))
    packet = build_packet(case(clear(1), told, said=said))
    assert packet.wish is not None
    assert packet.wish.words == "I need access"
    assert packet.other_topics == ()
    left = StoredTurn(
        3, "it_app_crash", 0.9, slots={"access_system": None}, asked_for="access_system"
    )
    packet = build_packet(case(clear(1), left, said=said))
    assert packet.wish is not None
    assert packet.wish.words == "CRM"


def test_guesses_that_would_show_as_nothing_are_left_out() -> None:
    ranking = (Guess("care_invoice", 0.99), Guess("care_return_item", 0.004))
    packet = build_packet(case(StoredTurn(1, "care_invoice", 0.99, ranking)))
    assert packet.wish is not None
    assert packet.wish.guesses == ranking[:1]


def test_what_a_form_took_is_not_told_twice() -> None:
    entities = (
        {"entity": "application", "value": "SAP"},
        {"entity": "device", "value": "laptop"},
    )
    turn = StoredTurn(1, "it_access_request", 0.9, (), entities, {"access_system": "SAP"})
    assert build_packet(case(turn)).facts == (
        Fact("device", "laptop", 1),
        Fact("access_system", "SAP", 1),
    )


def test_facts_survive_the_form_that_clears_them() -> None:
    asked = StoredTurn(1, "care_order_status", 0.9, slots={"requested_slot": "order_number"})
    given = StoredTurn(
        3,
        "care_give_order_number",
        0.9,
        entities=({"entity": "order_number", "value": "10482"},),
        slots={"order_number": "10482", "language": "en", "desk": "customer-care"},
    )
    done = StoredTurn(5, "thank", 0.9, slots={"order_number": None, "requested_slot": None})
    packet = build_packet(case(asked, given, done))
    assert packet.facts == (Fact("order_number", "10482", 3),)
    assert packet.open_question is None
    assert build_packet(case(asked)).open_question == "order_number"


def test_values_of_any_shape_become_text() -> None:
    slots = {"a": 3, "b": True, "c": {"x": ["ł"]}, "d": [], "e": "y" * 900, "f": None}
    facts = {fact.name: fact.value for fact in build_packet(case(StoredTurn(1, slots=slots))).facts}
    assert facts == {"a": "3", "b": "true", "c": '{"x": ["ł"]}', "e": "y" * 299 + "…"}


def test_an_actions_reason_stands_apart_from_its_details() -> None:
    for key in ("reason", "why"):
        stored = CaseFile(
            reason="action",
            language="en",
            channel="web",
            details={key: "order_problem", "order": "10499"},
        )
        packet = build_packet(stored)
        assert (packet.reason, packet.action_reason) == ("action", "order_problem")
        assert packet.details == (Fact("order", "10499"),)


def test_exchanges_keep_questions_and_answers_together() -> None:
    said = (
        Said(1, "customer", "Hi"),
        Said(2, "customer", "Return?"),
        Said(3, "bot", "Hello"),
        Said(4, "bot", "30 days"),
        Said(5, "customer", "Thanks"),
        Said(6, "customer", "to the agent, not the bot"),
        Said(7, "agent", "Yes"),
    )
    packet = build_packet(case(social(1, "greet"), clear(2), social(5, "thank"), said=said))
    assert [[a.text for a in exchange.asked] for exchange in packet.exchanges] == [
        ["Hi", "Return?"],
        ["Thanks"],
    ]
    assert packet.exchanges[0].answers == ("Hello", "30 days")


def test_only_the_last_exchanges_are_kept() -> None:
    turns = [clear(seq) for seq in range(1, 40, 2)]
    said = [Said(n, "customer" if n % 2 else "bot", str(n)) for n in range(1, 41)]
    packet = build_packet(case(*turns, said=tuple(said)))
    assert [exchange.answers for exchange in packet.exchanges] == [
        ("34",),
        ("36",),
        ("38",),
        ("40",),
    ]


def test_who_where_and_since_when_are_handed_on() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    earlier = EarlierConversation("id", "closed", "customer-care", at, None)
    customer = Reachable("Marta", "m@example.com", None)
    packet = build_packet(
        CaseFile(
            reason="two_misses",
            language="pl",
            channel="web",
            context={"url": "https://shop.example/cart", "title": "Cart"},
            customer=customer,
            earlier=[earlier],
            waiting_since=at,
        )
    )
    assert (packet.customer, packet.earlier, packet.waiting_since) == (customer, (earlier,), at)
    assert packet.page is not None
    assert (packet.page.title, packet.page.link) == ("Cart", "https://shop.example/cart")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://shop.example/a?b=c#d", "https://shop.example/a?b=c#d"),
        ("HTTP://shop.example", "http://shop.example"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//shop.example", None),
        ("https:///nowhere", None),
        ("http://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert safe_link(url) == link


def test_a_page_without_title_shows_its_address() -> None:
    page = page_of({"url": "file:///home/x.html"})
    assert page is not None
    assert (page.title, page.link) == ("file:///home/x.html", None)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge 131, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
            "Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari 18, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
            "Chrome 131, Android",
        ),
        ("curl/8.5", "curl/8.5"),
        (None, None),
    ],
)
def test_browsers_are_named(agent: str | None, words: str | None) -> None:
    assert browser_in_words(agent) == words


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "phone",
        ),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/131.0 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) Chrome/131.0 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) Mobile/15E148 Safari/604.1", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36", "computer"),
        ("", None),
        (None, None),
    ],
)
def test_the_device_is_what_the_browser_says(agent: str | None, device: str | None) -> None:
    assert device_of(agent) == device
