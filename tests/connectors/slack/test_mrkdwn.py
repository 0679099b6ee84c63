"""Our words in Slack's markup: marks kept, nothing that pings, pieces that fit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.slack.mrkdwn import plain_to_mrkdwn, to_mrkdwn
from connectors.slack.plain import to_markup


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and *italic*", "*bold* and _italic_"),
        ("run `rm -rf <dir>`", "run `rm -rf &lt;dir&gt;`"),
        ("- one\n- two", "• one\n• two"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("[Our page](https://a.example/?a=1&b=2)", "<https://a.example/?a=1&amp;b=2|Our page>"),
        ("```\nif a < b:\n    pass\n```", "```\nif a &lt; b:\n    pass\n```"),
        ("snake_case_name", "snake_case_name"),
        ("Zażółć gęślą jaźń", "Zażółć gęślą jaźń"),
    ],
)
def test_an_agents_marks_are_slacks(written: str, shown: str) -> None:
    assert to_mrkdwn(written, most=3000) == [shown]


@pytest.mark.parametrize(
    ("in_slack", "ours"),
    [
        ("*Restart* it _now_", "**Restart** it _now_"),
        ("~Tomorrow~ *today*, *both of them*.", "Tomorrow **today**, **both of them**."),
        ("2 * 3 * 4, a*b*c, snake_case and ~/bin", "2 * 3 * 4, a*b*c, snake_case and ~/bin"),
        ("**twice** and *", "**twice** and *"),
        ("run `rm *.tmp *.log` *now*", "run `rm *.tmp *.log` **now**"),
        ("Type ```sudo *x*\nexit``` there", "Type \n```\nsudo *x*\nexit\n```\n there"),
        ("• *one*\n• two", "• **one**\n• two"),
    ],
)
def test_what_an_agent_marks_in_slack_is_marked_for_the_customer(in_slack: str, ours: str) -> None:
    assert to_markup(in_slack) == ours


@pytest.mark.parametrize("words", ["*Restart* it", "_Now_ or `never`", "• *one*\n• two"])
def test_a_slack_customer_reads_what_the_agent_wrote_in_slack(words: str) -> None:
    assert to_mrkdwn(to_markup(words), most=3000) == [words]


@pytest.mark.parametrize("ping", ["<!channel>", "<!here|x>", "<@U0ADA>", "<!subteam^S1>", "<#C1>"])
def test_nothing_that_anybody_writes_can_ping(ping: str) -> None:
    for convert in (to_mrkdwn, plain_to_mrkdwn):
        (words,) = convert(f"Hello {ping} & all", most=3000)
        assert "<" not in words
        assert "&lt;" in words
        assert words.endswith("&amp; all")


def test_what_is_no_mark_in_plain_words_is_none_in_slack_either() -> None:
    (words,) = plain_to_mrkdwn("Press *this* or ~that~, 2*3*4 and a_b_c", most=3000)
    assert words == "Press \u2060*this* or \u2060~that~, 2*3*4 and a_b_c"


def test_addresses_become_links_without_the_end_of_the_sentence() -> None:
    (words,) = plain_to_mrkdwn("See https://a.example/x?a=1&b=2.", most=3000)
    assert words == "See <https://a.example/x?a=1&amp;b=2|https://a.example/x?a=1&amp;b=2>."


def test_long_code_is_split_into_blocks_of_code_of_their_own() -> None:
    code = "\n".join(f"line {number} <&>" for number in range(400))
    pieces = to_mrkdwn(f"```\n{code}\n```", most=3000)
    assert len(pieces) > 1
    assert all(piece.startswith("```\n") and piece.endswith("\n```") for piece in pieces)
    assert all(len(piece) <= 3000 for piece in pieces)
    inside = "\n".join(piece[4:-4] for piece in pieces)
    assert inside == code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_a_fence_in_code_does_not_end_it() -> None:
    (words,) = to_mrkdwn("```\na ```b\n```", most=3000)
    assert words == "```\na ``\u2060`b\n```"


@given(st.text(alphabet="ab <>&|*_~`\n@#!.:/-", max_size=400), st.integers(30, 80))
def test_any_text_fits_and_pings_nobody(text: str, most: int) -> None:
    for convert in (to_mrkdwn, plain_to_mrkdwn):
        for piece in convert(text, most=most):
            assert 0 < len(piece) <= most
            assert not re.search(r"<[@!#]", piece)
            assert not re.search(r"&(?!amp;|lt;|gt;)", piece)


@given(st.text(alphabet="ab c<>&\n", max_size=300))
def test_nothing_of_plain_words_is_lost(text: str) -> None:
    pieces = plain_to_mrkdwn(text, most=40)
    back = "".join(pieces).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert re.sub(r"\s", "", back) == re.sub(r"\s", "", text)
