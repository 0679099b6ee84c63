"""The language of filters: what is read, and what is said of what cannot be."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from bot.filters.building import built
from bot.filters.errors import Problem, UnreadableFilter
from bot.filters.fields import FIELDS
from bot.filters.grammar import All, Compare, Not, Some, Tree, parse

LINES = st.text(alphabet='abc:()=<>!,"\\ andort30mstauquedł', max_size=60)


def is_test(tree: Tree, field: str, sign: str, *values: object) -> bool:
    return tree == Compare(FIELDS[field], sign, values)  # type: ignore[arg-type]


def test_a_line_becomes_a_tree() -> None:
    tree = parse('status:queued and (language=pl or waiting>30m) not desk:"it-help" refund')
    assert isinstance(tree, All)
    status, either, no, words = tree.items
    assert is_test(status, "status", "=", "queued")
    assert isinstance(either, Some)
    assert is_test(either.items[0], "language", "=", "pl")
    assert is_test(either.items[1], "waiting", ">", timedelta(minutes=30))
    assert isinstance(no, Not)
    assert is_test(no.item, "desk", "=", "it-help")
    assert is_test(words, "text", ":", "refund")


def test_or_binds_less_than_and() -> None:
    tree = parse("status:bot language:en or status:queued")
    assert isinstance(tree, Some)
    assert isinstance(tree.items[0], All)


@pytest.mark.parametrize(
    ("polish", "english"),
    [
        ("stan:w_kolejce i język:polski", "status:queued and language:pl"),
        ("nie kanał:web lub czeka>2g", "not channel:web or waiting>2h"),
        ('klient:"Jan Kowalski"', 'customer:"Jan Kowalski"'),
    ],
)
def test_polish_is_read_too(polish: str, english: str) -> None:
    assert parse(polish) == parse(english)


@time_machine.travel(datetime(2026, 11, 28, 12, tzinfo=UTC))
def test_days_are_read() -> None:
    assert is_test(parse("created>=2026-11-01"), "created", ">=", date(2026, 11, 1))
    assert is_test(parse("closed:yesterday"), "closed", "=", date(2026, 11, 27))
    assert is_test(parse("updated:dziś"), "updated", "=", date(2026, 11, 28))


@pytest.mark.parametrize(
    ("line", "problem", "at"),
    [
        ("", Problem.NOTHING, 0),
        ("status:", Problem.VALUE, 7),
        ("status:sleeping", Problem.CHOICE, 7),
        ("language:pl and", Problem.ENDED, 15),
        ("colour:red", Problem.FIELD, 0),
        ("(status:bot", Problem.NOT_CLOSED, 11),
        ("status:bot)", Problem.NOT_OPENED, 10),
        ("status>bot", Problem.COMPARISON, 6),
        ("waiting>soon", Problem.SPAN, 8),
        ("created:2026-13-01", Problem.DATE, 8),
        ('text:"open', Problem.QUOTE, 5),
        ("waiting>1h,2h", Problem.ONE_VALUE, 7),
        ("status:bot or or desk:x", Problem.TEST, 14),
        ("status:bot ! x", Problem.SIGN, 11),
        ("x" * 401, Problem.TOO_LONG, 400),
        ("(" * 30, Problem.TOO_DEEP, 20),
    ],
)
def test_what_is_wrong_is_told_with_its_place(line: str, problem: Problem, at: int) -> None:
    with pytest.raises(UnreadableFilter) as caught:
        parse(line)
    assert (caught.value.problem, caught.value.at) == (problem, at)
    for language in ("en", "pl"):
        assert str(at + 1) in caught.value.message(language)


@given(LINES)
def test_whatever_is_typed_is_read_or_refused_at_a_place_in_it(line: str) -> None:
    error = problem_of(line)
    assert error is None or 0 <= error.at <= len(line)
    assert error is None or error.message("pl")


def problem_of(line: str) -> UnreadableFilter | None:
    try:
        parse(line)
    except UnreadableFilter as error:
        return error
    return None


WORDS = st.text(min_size=1, max_size=15).filter(lambda word: word.strip() != "")


@given(
    st.fixed_dictionaries({}, optional={"desk": WORDS, "agent": WORDS, "text": WORDS}),
    st.sampled_from(["and", "or"]),
)
def test_what_the_form_writes_is_read_as_it_was_chosen(
    chosen: dict[str, str], joined_by: str
) -> None:
    line = built(chosen, joined_by=joined_by)
    if not line:
        return
    tree = parse(line)
    tests = tree.items if isinstance(tree, All | Some) else (tree,)
    found = {test.field.name: test.values[0] for test in tests if isinstance(test, Compare)}
    assert found == {name: " ".join(value.split()) for name, value in chosen.items()}
