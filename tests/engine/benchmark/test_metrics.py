"""Each measure against cases that were worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.benchmark import metrics

SCORES = st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), min_size=1, max_size=30)


def test_accuracy_counts_the_right_ones() -> None:
    assert metrics.accuracy(["a", "b", "b", "c"], ["a", "b", "c", None]) == 0.5


def test_macro_f1_is_the_mean_over_the_classes() -> None:
    # a: 2*1/(2+1) = 2/3; b: 2*1/(1+2) = 2/3
    assert metrics.macro_f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx(2 / 3)


def test_macro_f1_punishes_a_class_that_never_was_there() -> None:
    # a: 2*1/(2+1) = 2/3; x: 0
    assert metrics.macro_f1(["a", "a"], ["a", "x"]) == pytest.approx(1 / 3)


def test_calibration_error_is_the_weighted_gap_between_sure_and_right() -> None:
    # Bin of 0.9: 1 of 2 right, gap 0.4, weight 2/3; bin of 0.5: right, gap 0.5, weight 1/3.
    found = metrics.expected_calibration_error([0.9, 0.9, 0.5], [True, False, True])
    assert found == pytest.approx(0.4 * 2 / 3 + 0.5 / 3)


def test_a_bin_holds_its_upper_edge_and_not_its_lower() -> None:
    # 0.5 | 0.5 with two bins: (0, 0.5] holds both, so the gaps cancel out.
    assert metrics.expected_calibration_error([0.5, 0.5], [True, False], bins=2) == 0
    # 0.5 and 0.6 are in different bins, so they do not.
    assert metrics.expected_calibration_error([0.5, 0.6], [True, False], bins=2) == pytest.approx(
        (0.5 + 0.6) / 2
    )


def test_auroc_counts_pairs_and_a_tie_as_half() -> None:
    # Pairs (in, out): .9>.5, .9>.1, .5=.5, .5>.1 → 3.5 of 4.
    assert metrics.auroc([0.9, 0.5], [0.5, 0.1]) == 3.5 / 4


def test_recall_at_a_false_positive_rate_refuses_equal_scores_together() -> None:
    inside = [0.3] + [0.9] * 19
    assert metrics.recall_at_fpr(inside, [0.1, 0.2, 0.3, 0.95], 0.05) == 0.75
    # Two of twenty in scope share the score: refusing them would cost 10 %.
    assert metrics.recall_at_fpr([0.3, 0.3] + [0.9] * 18, [0.1, 0.3], 0.05) == 0.5


def test_coverage_is_the_longest_head_that_is_right_enough() -> None:
    score = [0.9, 0.8, 0.7, 0.6, 0.5]
    right = [True, True, False, True, False]
    in_scope = [True] * 4 + [False]
    # Heads are wrong by 0, 0, 1/3, 1/4, 2/5.
    assert metrics.coverage(score, right, in_scope, 0.05) == 0.5
    assert metrics.coverage(score, right, in_scope, 0.25) == 1.0


def test_coverage_takes_equal_scores_together() -> None:
    assert metrics.coverage([0.9, 0.9], [True, False], [True, True], 0.05) == 0.0


def test_a_message_out_of_scope_in_the_head_is_wrong() -> None:
    assert metrics.coverage([0.9, 0.8], [True, True], [False, True], 0.05) == 0.0


def test_one_in_twenty_is_five_per_cent() -> None:
    right = [True] * 19 + [False]
    assert metrics.coverage([0.5] * 20, right, [True] * 20, 0.05) == 1.0


def test_percentiles_are_linear_between_neighbours() -> None:
    assert metrics.percentile([4.0, 1.0, 2.0, 3.0], 0.5) == 2.5
    assert metrics.percentile([7.0], 0.99) == 7.0


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        metrics.accuracy([], [])


@given(SCORES, SCORES)
def test_auroc_equals_counting_all_pairs(inside: list[float], outside: list[float]) -> None:
    pairs = [(one > other) + (one == other) / 2 for one in inside for other in outside]
    assert metrics.auroc(inside, outside) == pytest.approx(sum(pairs) / len(pairs))


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.8]), st.booleans()), min_size=1))
def test_coverage_equals_trying_every_threshold(rows: list[tuple[float, bool]]) -> None:
    heads = [[hit for score, hit in rows if score >= least] for least in (0.8, 0.4, 0.1)]
    fine = [len(head) for head in heads if head and head.count(False) <= 0.25 * len(head)]
    expected = max(fine, default=0) / len(rows)
    scores, right = [score for score, _ in rows], [hit for _, hit in rows]
    assert metrics.coverage(scores, right, [True] * len(rows), 0.25) == expected
