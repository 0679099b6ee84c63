"""Long messages are taken at their point, and short ones in the light of the answer before."""

import pytest

from engine.follow_up import covers, fragment_of
from engine.sentences import is_long, point_of
from tests.dialogue import Dialogue, buttons, texts

STORY = (
    "Hello, yesterday I talked to my neighbour about shopping and she said that you are the best. "
    "I live on the fourth floor without a lift and have a small child. {} Thank you very much!"
)
OPOWIESC = (
    "Wczoraj rozmawiałam z sąsiadką o zakupach i powiedziała, że u was jest najlepiej. "
    "Mieszkam na czwartym piętrze bez windy i mam małe dziecko. {} Z góry dziękuję!"
)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        (STORY.format("How much is delivery?"), "How much is delivery?"),
        (OPOWIESC.format("Ile kosztuje dostawa?"), "Ile kosztuje dostawa?"),
        ("How much is it? I live in Gdańsk. On the coast.", "How much is it?"),
        ("It broke. I have no bill. I need a refund.", "I need a refund."),
    ],
)
def test_the_point_is_the_last_question_or_else_the_end(text: str, point: str) -> None:
    assert is_long(text)
    assert point_of(text) == point


def test_one_sentence_has_no_point_of_its_own() -> None:
    assert point_of("how much is delivery?") is None
    assert not is_long("how much is delivery to Germany?")


@pytest.mark.parametrize(
    ("language", "text", "fragment"),
    [
        ("en", "and to Poland?", "to Poland?"),
        ("en", "ok, and what about headphones?", "headphones?"),
        ("en", "how about Sunday", "Sunday"),
        ("pl", "a do Niemiec?", "do Niemiec?"),
        ("pl", "a co z dużym AGD?", "dużym AGD?"),
        ("en", "a phone for my mother", None),
        ("en", "android phone", None),
        ("pl", "anulowanie zamówienia", None),
        ("en", "and I would like to know how much it all costs in the end", None),
        ("en", "and?", None),
    ],
)
def test_what_is_a_fragment(language: str, text: str, fragment: str | None) -> None:
    assert fragment_of(text, language) == fragment


def test_an_answer_covers_what_it_mentions() -> None:
    assert covers("Zamknięte w niedziele.", "w niedzielę?")
    assert not covers("Closed on Sundays.", "for headphones?")


@pytest.mark.engine
@pytest.mark.timeout(300)
class TestInTheDialogue:
    """With the engine."""

    @pytest.mark.parametrize(
        ("language", "story", "question", "intent"),
        [
            ("en", STORY, "How much is delivery?", "care_delivery_cost"),
            ("en", STORY, "Can I pay in instalments?", "care_installments"),
            ("en", STORY, "Can I speak to a human?", "talk_to_human"),
            ("pl", OPOWIESC, "Ile kosztuje dostawa?", "care_delivery_cost"),
            ("pl", OPOWIESC, "Czy można zapłacić na raty?", "care_installments"),
        ],
    )
    def test_a_long_message_is_taken_at_its_question(
        self, customer: Dialogue, language: str, story: str, question: str, intent: str
    ) -> None:
        customer.language = language
        assert customer.say(story.format(question))["intent"]["name"] == intent

    def test_its_entities_stay(self, customer: Dialogue) -> None:
        answer = customer.say(
            "My order 10482 is for my mother, who lives in another city and loves music. "
            "We talked on the phone this morning. Where is it now, where is my parcel?"
        )
        assert answer["intent"]["name"] == "care_order_status"
        assert "Sony WH-1000XM5" in texts(answer)[0]

    def test_a_story_without_a_clear_end_stays_as_it_was(self, customer: Dialogue) -> None:
        answer = customer.say(STORY.format("We also have two cats and a lovely dog named Rex."))
        assert answer["intent"]["name"] in ("nlu_fallback", "out_of_scope", "small_talk")

    @pytest.mark.parametrize(
        ("language", "question", "fragment", "intent", "said"),
        [
            ("en", "how long does delivery take?", "and to Germany?", "abroad", "EU countries"),
            ("en", "how much is delivery?", "and to Poland?", "cost", "199 zł"),
            ("en", "do you deliver to Germany?", "and to Poland?", "time", "1-2 working days"),
            ("en", "how long does delivery take?", "and how much is it?", "cost", "199 zł"),
            ("pl", "ile trwa dostawa?", "a do Niemiec?", "abroad", "krajów UE"),
            ("pl", "ile kosztuje dostawa?", "a do Polski?", "cost", "199 zł"),
            ("pl", "ile trwa dostawa?", "a ile to kosztuje?", "cost", "199 zł"),
        ],
    )
    def test_delivery(
        self,
        customer: Dialogue,
        language: str,
        question: str,
        fragment: str,
        intent: str,
        said: str,
    ) -> None:
        customer.language = language
        customer.say(question)
        answer = customer.say(fragment)
        assert answer["intent"]["name"] == f"care_delivery_{intent}"
        assert said in texts(answer)[0]

    @pytest.mark.parametrize(
        ("language", "question", "fragment", "intent"),
        [
            ("en", "what are your opening hours?", "and on Sunday?", "care_store_hours"),
            ("pl", "jakie są godziny otwarcia sklepu?", "a w niedzielę?", "care_store_hours"),
            ("en", "how much is delivery?", "what about returns?", "care_return_policy"),
            ("pl", "gdzie jest zamówienie 10482", "a zamówienie 10503?", "care_order_status"),
        ],
    )
    def test_other_topics(
        self, customer: Dialogue, language: str, question: str, fragment: str, intent: str
    ) -> None:
        customer.language = language
        customer.say(question)
        answer = customer.say(fragment)
        assert answer["intent"]["name"] == intent
        assert "/talk_to_human" not in buttons(answer).values() or len(texts(answer)[0]) > 120

    @pytest.mark.parametrize(
        ("language", "question", "fragment", "said"),
        [
            ("en", "how much is delivery?", "and for headphones?", "no closer answer"),
            ("pl", "ile kosztuje dostawa?", "a słuchawek?", "nie mam dokładniejszej odpowiedzi"),
        ],
    )
    def test_what_the_answer_does_not_cover_is_said_and_a_person_offered(
        self, customer: Dialogue, language: str, question: str, fragment: str, said: str
    ) -> None:
        customer.language = language
        customer.say(question)
        answer = customer.say(fragment)
        assert said in texts(answer)[0]
        assert "/talk_to_human" in buttons(answer).values()
        assert answer["answered"] is None

    def test_without_an_answer_before_it_stands_for_itself(self, customer: Dialogue) -> None:
        assert customer.say("and to Germany?")["intent"]["name"] == "care_delivery_abroad"
