"""One turn after another: what comes back, and what the state remembers."""

import asyncio

import httpx
import pytest

from tests.dialogue import READY, TURN, Dialogue, Json, texts, turn_body
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


def test_engine_says_which_model_it_has(http: httpx.Client, customer: Dialogue) -> None:
    ready = http.get(READY).json()
    model = customer.say("hello")["model_id"]
    # Our actions heed a turn's key, so a turn may be asked again.
    assert ready == {"ready": True, "model_id": model, "repeatable": True}


def test_answer_tells_everything_of_the_contract(customer: Dialogue) -> None:
    answer = customer.say("hello")
    assert set(answer) == {
        *("replies", "intent", "ranking", "entities", "slots"),
        *("answered", "handoff", "language", "state", "model_id", "took_ms"),
    }
    (reply,) = answer["replies"]
    assert set(reply) == {"text", "buttons", "image", "attachment", "custom"}
    assert {"title": "Where is my order?", "payload": "/care_order_status"} in reply["buttons"]
    assert answer["intent"]["name"] == "greet"
    assert answer["ranking"][0] == answer["intent"]
    assert len(answer["ranking"]) == 5
    assert answer["slots"]["language"] == "en"
    assert answer["handoff"] is None
    assert 0 < answer["took_ms"] < 5_000


def test_answers_in_the_language_of_the_turn(customer: Dialogue) -> None:
    assert "I am Volta's bot" in texts(customer.say("hello"))[0]
    assert "Tu bot sklepu Volta" in texts(customer.say("dzień dobry", language="pl"))[0]
    assert "You are welcome" in texts(customer.say("thanks"))[0]


def test_polish_without_diacritics_is_understood(klient: Dialogue) -> None:
    assert klient.say("czesc")["intent"]["name"] == "greet"
    assert klient.say("chce rozmawiac z czlowiekiem")["handoff"]["reason"] == "asked_for_human"


def test_each_desk_has_its_own_greeting(employee: Dialogue, klient: Dialogue) -> None:
    assert "I am the IT help bot" in texts(employee.say("hi"))[0]
    assert "Tu bot pomocy IT" in texts(klient.say("hej", desk="it-help"))[0]


def test_unknown_desk_gets_the_general_answer_in_its_language(klient: Dialogue) -> None:
    answer = klient.say("cześć", desk="human-resources")
    assert "Jestem botem i odpowiadam" in texts(answer)[0]
    assert answer["slots"]["desk"] == "other"


@pytest.mark.parametrize(("desk", "foreign"), [("customer-care", "it_"), ("it-help", "care_")])
def test_topics_of_the_other_desk_are_out_of_sight(
    customer: Dialogue, desk: str, foreign: str
) -> None:
    answer = customer.say("where is my order", desk=desk)
    assert not [guess for guess in answer["ranking"] if guess["name"].startswith(foreign)]
    sure = [guess["confidence"] for guess in answer["ranking"] if guess["name"] != "nlu_fallback"]
    assert sure == sorted(sure, reverse=True)


def test_asking_for_a_human_is_a_handoff_and_not_words(customer: Dialogue) -> None:
    answer = customer.say("I want to talk to a human")
    assert answer["handoff"] == {"reason": "asked_for_human", "details": {}}
    assert answer["replies"] == []


def test_button_is_taken_as_its_intent(customer: Dialogue) -> None:
    answer = customer.press("/bot_challenge")
    assert answer["intent"] == {"name": "bot_challenge", "confidence": 1.0}
    assert answer["ranking"] == [answer["intent"]]
    assert "I am a bot" in texts(answer)[0]


@pytest.mark.parametrize(
    "text",
    ["/restart", "/back", "  /session_start", "/ /restart", "\u00a0/restart", "/greet", "///"],
)
def test_text_with_a_slash_is_only_text(customer: Dialogue, text: str) -> None:
    customer.say("where is my order")
    answer = customer.say(text)
    # A payload would be taken for its intent, and for certain.
    assert answer["intent"]["name"] == "nlu_fallback" or answer["intent"]["confidence"] < 1.0
    assert answer["slots"]["requested_slot"] in ("order_number", None)
    assert texts(answer)


def test_nonsense_is_not_understood(customer: Dialogue) -> None:
    answer = customer.say("blorptang vexi quumble")
    assert answer["intent"]["name"] in ("nlu_fallback", "out_of_scope")
    assert "Talk to a person" in str(answer["replies"])


def test_state_carries_the_dialogue_to_another_turn(customer: Dialogue) -> None:
    customer.say("where is my order")
    forgetful = customer.say("10482", state=None)
    assert "10482" in texts(forgetful)[0]
    customer.state = None
    customer.say("hello")
    assert customer.say("where is my order")["slots"]["requested_slot"] == "order_number"


def test_fresh_turn_keeps_the_slots_and_forgets_the_form(customer: Dialogue) -> None:
    customer.say("where is my order")
    answer = customer.say("thanks", fresh=True)
    assert answer["slots"]["requested_slot"] is None
    assert answer["slots"]["desk"] == "customer-care"
    assert texts(answer) == ["You are welcome! Is there anything else I can help with?"]


def test_state_of_another_model_keeps_known_slots_and_starts_afresh(customer: Dialogue) -> None:
    customer.say("where is my order")
    assert customer.state is not None
    customer.state |= {"model_id": "older", "events": [{"event": "of an older format"}]}
    customer.state["slots"] |= {"order_number": "10482", "gone": "from the domain"}
    answer = customer.say("thanks")
    assert answer["slots"]["order_number"] == "10482"
    assert answer["slots"]["requested_slot"] is None
    assert "gone" not in answer["slots"]
    assert answer["state"]["model_id"] == answer["model_id"]


def test_state_stays_small_over_300_turns(customer: Dialogue) -> None:
    sizes = []
    for _ in range(60):
        for text in ("hello", "are you a bot", "where is my order", "cancel that", "thanks"):
            customer.say(text)
        sizes.append(customer.state_bytes())
    assert max(sizes) <= sizes[1] * 1.05
    assert max(sizes) < 8_000


def test_state_stays_small_in_a_form_that_goes_on_and_on(customer: Dialogue) -> None:
    customer.say("where is my order")
    sizes = []
    for _ in range(100):
        for text in ("are you a bot", "how much is delivery", "how long does delivery take"):
            answer = customer.say(text)
            assert answer["slots"]["requested_slot"] == "order_number"
        sizes.append(customer.state_bytes())
    assert max(sizes) <= sizes[1] * 1.05
    assert "Sony" in texts(customer.say("10482"))[0]


def test_long_texts_and_many_numbers_do_not_swell_the_state(customer: Dialogue) -> None:
    for _ in range(5):
        customer.say("ż" * 4_000)
        customer.say("10482 " * 660)
    assert customer.state_bytes() < 16_000


def test_interleaved_conversations_do_not_mix(http: httpx.Client) -> None:
    first, second = Dialogue(http), Dialogue(http, language="pl")
    first.say("where is my order")
    second.say("gdzie jest moja paczka")
    assert "Samsung" in texts(first.say("10471"))[0]
    assert "Dobrze, zostawmy to" in texts(second.say("nieważne"))[0]
    assert texts(first.say("thanks")) == [
        "You are welcome! Is there anything else I can help with?"
    ]


@pytest.mark.asyncio
async def test_sixteen_conversations_at_once_each_get_their_own_answer(engine: Running) -> None:
    items = {"10455": "Kindle", "10471": "Samsung", "10482": "Sony", "10503": "Philips"}

    async def ask(http: httpx.AsyncClient, number: str) -> None:
        state: Json | None = None
        for text in ("where is my order", "nr 123", f"it is {number}", "thank you"):
            response = await http.post(TURN, json=turn_body(text, state=state))
            answer = response.raise_for_status().json()
            state = answer["state"]
            if number in text:
                assert items[number] in texts(answer)[0]
        assert "10482" not in str(state) or number == "10482"

    async with httpx.AsyncClient(base_url=engine.url, timeout=30) as http:
        await asyncio.gather(*(ask(http, number) for number in [*items] * 4))


@pytest.mark.parametrize("text", ["qwzx plmk vbnt", "asdf", "\U0001f642", "???", "..."])
def test_words_that_nobody_taught_it_are_not_understood(customer: Dialogue, text: str) -> None:
    assert customer.say(text)["intent"]["name"] in ("nlu_fallback", "out_of_scope")
