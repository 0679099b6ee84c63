"""Who gets what: for any queue and any agents, the promises of the rule hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.assignment.choose import Because, Candidate, Problem, Wanted, choose, plan
from bot.desk_settings.assignment import Strategy

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
SKILLS = ("refunds", "vpn")
PUSHING = st.sampled_from((Strategy.ROUND_ROBIN, Strategy.LEAST_BUSY))


def agent(name: str, load: int = 0, capacity: int = 3, **more: object) -> Candidate:
    return Candidate(name, name.title(), load, capacity, **more)  # type: ignore[arg-type]


def wanted(conversation: str = "c", **more: object) -> Wanted:
    return Wanted(conversation, "en", **more)  # type: ignore[arg-type]


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=5))
    return [
        Candidate(
            name,
            name,
            draw(st.integers(0, 4)),
            draw(st.integers(1, 4)),
            draw(st.frozensets(st.sampled_from(("en", "pl")))),
            draw(st.frozensets(st.sampled_from(SKILLS))),
            draw(st.none() | st.integers(0, 90).map(lambda m: AT - timedelta(minutes=m))),
        )
        for name in names
    ]


@st.composite
def queues(draw: st.DrawFn) -> list[Wanted]:
    return [
        Wanted(
            f"c{place}",
            draw(st.sampled_from(("en", "pl"))),
            draw(st.integers(1, 3)),
            draw(st.frozensets(st.sampled_from(SKILLS))),
            draw(st.booleans()),
            draw(st.none() | st.sampled_from("abcdef")),
            draw(st.frozensets(st.sampled_from("abcdef"), max_size=1)),
        )
        for place in range(draw(st.integers(0, 8)))
    ]


def may_take(one: Wanted, who: Candidate, load: int) -> bool:
    """The rule, said once more in other words."""
    if load + one.weight > who.capacity or who.agent_id in one.not_again:
        return False
    fits = (not who.languages or one.language in who.languages) and one.skills <= who.skills
    return one.relaxed or fits


@given(queues(), candidates(), PUSHING, st.booleans())
def test_nobody_has_too_much_and_nobody_who_could_take_one_is_idle(
    queue: list[Wanted], agents: list[Candidate], strategy: Strategy, prefer_last: bool
) -> None:
    found = plan(queue, agents, strategy, prefer_last=prefer_last, at=AT)
    assert list(found) == [one.conversation for one in queue]
    loads = {one.agent_id: one.load for one in agents}
    by_id = {one.agent_id: one for one in agents}
    for one in queue:
        able = [a.agent_id for a in agents if may_take(one, a, loads[a.agent_id])]
        chosen = found[one.conversation].agent_id
        assert (chosen in able) if able else chosen is None
        if chosen is not None:
            loads[chosen] += one.weight
            assert loads[chosen] <= by_id[chosen].capacity
    for one in queue:
        if found[one.conversation].agent_id is None:
            assert not any(may_take(one, a, loads[a.agent_id]) for a in agents)


@given(queues(), candidates(), PUSHING)
def test_who_stands_behind_never_changes_what_those_in_front_get(
    queue: list[Wanted], agents: list[Candidate], strategy: Strategy
) -> None:
    whole = plan(queue, agents, strategy, prefer_last=True, at=AT)
    for end in range(len(queue)):
        front = plan(queue[:end], agents, strategy, prefer_last=True, at=AT)
        assert all(whole[conversation] == choice for conversation, choice in front.items())


@given(queues(), candidates())
def test_a_desk_whose_agents_take_for_themselves_gives_nothing(
    queue: list[Wanted], agents: list[Candidate]
) -> None:
    found = plan(queue, agents, Strategy.PULL, prefer_last=True, at=AT)
    assert all(choice.agent_id is None for choice in found.values())


def test_round_robin_gives_to_whoever_had_none_for_longest() -> None:
    ola, jan = agent("ola", assigned_at=AT), agent("jan", assigned_at=AT - timedelta(hours=1))
    found = plan(
        [wanted(name) for name in "abc"],
        [ola, jan, agent("new", capacity=1)],
        Strategy.ROUND_ROBIN,
        prefer_last=True,
        at=AT,
    )
    assert [choice.agent_id for choice in found.values()] == ["new", "jan", "ola"]
    assert found["b"].because is Because.ROUND_ROBIN


def test_least_busy_goes_by_the_share_of_what_each_can_have() -> None:
    half, third = agent("half", load=1, capacity=2), agent("third", load=2, capacity=6)
    choice = choose(wanted(), [half, third], Strategy.LEAST_BUSY, prefer_last=True)
    assert (choice.agent_id, choice.because) == ("third", Because.LEAST_BUSY)


def test_the_last_agent_is_preferred_as_long_as_there_is_room() -> None:
    ola, jan = agent("ola", load=2), agent("jan")
    again = wanted(last_agent="ola")
    choice = choose(again, [ola, jan], Strategy.LEAST_BUSY, prefer_last=True)
    assert (choice.agent_id, choice.because) == ("ola", Because.LAST_AGENT)
    assert choose(again, [ola, jan], Strategy.LEAST_BUSY, prefer_last=False).agent_id == "jan"
    full = agent("ola", load=3)
    choice = choose(again, [full, jan], Strategy.LEAST_BUSY, prefer_last=True)
    assert (choice.agent_id, choice.because) == ("jan", Because.ONLY_ONE)
    assert [verdict.problem for verdict in choice.verdicts] == [Problem.NO_ROOM, None]


def test_needs_are_kept_until_it_has_waited_too_long_and_then_the_nearest_goes_first() -> None:
    speaks, knows = (
        agent("speaks", load=2, languages=frozenset({"en"})),
        agent("knows", languages=frozenset({"pl"}), skills=frozenset({"vpn"})),
    )
    nobody = agent("nobody", languages=frozenset({"pl"}))
    needy = wanted(skills=frozenset({"vpn"}))
    choice = choose(needy, [nobody, speaks, knows], Strategy.LEAST_BUSY, prefer_last=True)
    assert choice.agent_id is None
    problems = [verdict.problem for verdict in choice.verdicts]
    assert problems == [Problem.LANGUAGE, Problem.SKILL, Problem.LANGUAGE]
    late = wanted(skills=frozenset({"vpn"}), relaxed=True)
    choice = choose(late, [nobody, speaks, knows], Strategy.LEAST_BUSY, prefer_last=True)
    assert choice.agent_id == "knows"
    assert choose(late, [nobody], Strategy.LEAST_BUSY, prefer_last=True).agent_id == "nobody"


def test_whoever_gave_it_back_does_not_get_it_again() -> None:
    back = wanted(not_again=frozenset({"ola"}), last_agent="ola", relaxed=True)
    choice = choose(back, [agent("ola")], Strategy.ROUND_ROBIN, prefer_last=True)
    assert (choice.agent_id, choice.verdicts[0].problem) == (None, Problem.HAD_IT)
