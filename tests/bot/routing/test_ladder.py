"""Whatever the engine answers, a customer gets an answer, a fair question or a human."""

from dataclasses import dataclass, field

from hypothesis import example, given
from hypothesis import strategies as st

from bot.dialogue.turn import BotReply, TurnAnswer
from bot.routing.ladder import MISSES_BEFORE_HUMAN, Decision, Standing
from bot.routing.policy import decide, something_else
from tests.desk import answer, unclear

APOLOGY = "Sorry, I did not understand."
OUTSIDE = "That is outside of what I know."
ORDER = {"custom": {"repeat": True}}
RANKINGS = st.dictionaries(
    st.sampled_from(["care_invoice", "care_job", "care_danger", "greet", "theirs"]),
    st.floats(0, 1),
    max_size=4,
)
MISSES = st.one_of(
    RANKINGS.map(lambda ranking: unclear(APOLOGY, ranking)),
    RANKINGS.map(
        lambda ranking: unclear(APOLOGY, ranking, then="Step 1.", slots={"requested_slot": "step"})
    ),
    st.just(answer(OUTSIDE, intent="out_of_scope")),
    st.just(answer(APOLOGY, intent="nlu_fallback")),
    st.just("something else"),
)
OTHERS = st.sampled_from(
    [
        answer("Two days."),
        answer("Hello!", intent="greet"),
        answer("What would you like?", intent="affirm"),
        answer("What would you like?", intent="deny"),
        answer("Sorry for the trouble. A person?", intent="frustrated"),
        answer("Something went wrong. A person?", intent="insult"),
        answer(intent="repeat", replies=[ORDER]),
        answer(
            intent="repeat",
            replies=[ORDER, {"text": "Step 1."}],
            slots={"requested_slot": "step"},
        ),
        answer("What is the number?", intent="nlu_fallback", slots={"requested_slot": "number"}),
    ]
)
STEPS = st.lists(st.one_of(MISSES, MISSES, OTHERS), max_size=30)


@dataclass
class Customer:
    """One conversation, until a human has it."""

    standing: Standing = field(default_factory=Standing)
    heard: tuple[BotReply, ...] = ()

    def gets(self, step: TurnAnswer | str) -> Decision:
        if isinstance(step, str):
            decision = something_else(self.standing, "en")
        else:
            decision = decide(step, self.standing, language="en", said_before=self.heard)
        self.standing, self.heard = decision.standing, decision.replies
        return decision


@given(STEPS)
@example([unclear(APOLOGY, {"care_invoice": 0.5})] * 3)
@example(["something else"] * 3)
def test_nobody_goes_round_in_circles(steps: list[TurnAnswer | str]) -> None:
    customer, last_fallback, in_a_row = Customer(), None, 0
    for step in steps:
        before = customer.standing
        decision = customer.gets(step)
        assert decision.replies or decision.handoff or decision.ask_instead, "never silence"
        if decision.handoff:
            return
        now = decision.standing
        assert now.upsets < 2
        if now.misses > before.misses:
            in_a_row += 1
            assert in_a_row < MISSES_BEFORE_HUMAN, "a human within three misses"
            assert now.last_fallback != last_fallback, "never the same fallback twice in a row"
            assert not now.upsets, "after being upset, a miss is a human's"
            last_fallback = now.last_fallback
        elif now.misses == 0:  # a real answer; what is neither changes nothing
            last_fallback, in_a_row = None, 0


@given(st.lists(MISSES, min_size=MISSES_BEFORE_HUMAN, max_size=MISSES_BEFORE_HUMAN))
def test_three_unclear_messages_bring_a_human(steps: list[TurnAnswer | str]) -> None:
    customer = Customer()
    decisions = [customer.gets(step) for step in steps]
    assert any(decision.handoff for decision in decisions)


@given(st.lists(st.one_of(MISSES, OTHERS), min_size=2, max_size=20))
def test_no_apology_is_heard_twice_in_a_row(steps: list[TurnAnswer | str]) -> None:
    customer, before = Customer(), ""
    for step in steps:
        decision = customer.gets(step)
        if decision.handoff:
            return
        words = " ".join(reply.text for reply in decision.replies)
        for apology in (APOLOGY, OUTSIDE):
            assert not (apology in words and apology in before)
        before = words
