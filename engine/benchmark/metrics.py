"""The measures of a benchmark, in plain Python: each with its formula and where it comes from.

No library computes them, so that a number can be checked with a pencil, and so that the tests of
the desk, which has no numpy, can run them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

BINS = 15


def accuracy(truth: Sequence[str], guess: Sequence[str | None]) -> float:
    """Right guesses / all guesses."""
    _same_length(truth, guess)
    return sum(one == other for one, other in zip(truth, guess, strict=True)) / len(truth)


def macro_f1(truth: Sequence[str], guess: Sequence[str | None]) -> float:
    """Mean over the classes of F1 = 2 TP / (2 TP + FP + FN).

    The mean of the classes' F1 ("averaged F1" of Opitz and Burst, "Macro F1 and Macro F1", 2019),
    over the classes that occur in the truth or among the guesses, as scikit-learn counts them.
    """
    _same_length(truth, guess)
    right = Counter(one for one, other in zip(truth, guess, strict=True) if one == other)
    # TP + FN of a class, and TP + FP of it.
    there, guessed = Counter(truth), Counter(one for one in guess if one is not None)
    classes = there.keys() | guessed.keys()
    return sum(2 * right[one] / (there[one] + guessed[one]) for one in classes) / len(classes)


def expected_calibration_error(
    confidence: Sequence[float], right: Sequence[bool], bins: int = BINS
) -> float:
    """Sum over the bins of n_b / n * |share of right ones in b - mean confidence in b|.

    Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017,
    equation 3: bins of equal width, the m-th one being ((m - 1) / M, m / M].
    """
    _same_length(confidence, right)
    count, hits, sums = [0] * bins, [0] * bins, [0.0] * bins
    for value, hit in zip(confidence, right, strict=True):
        at = min(max(math.ceil(value * bins) - 1, 0), bins - 1)
        count[at] += 1
        hits[at] += hit
        sums[at] += value
    # n_b * |hits_b / n_b - sums_b / n_b|
    return sum(abs(hit - total) for hit, total in zip(hits, sums, strict=True)) / len(right)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """The chance that a message in scope scores higher than one out of scope; a tie counts half.

    The area under the ROC curve by the Mann-Whitney statistic: Hanley and McNeil, "The Meaning
    and Use of the Area under a ROC Curve", Radiology 143, 1982.
    """
    below, wins = 0, 0.0
    for _, here_in, here_out in _ascending(inside, outside):
        wins += here_in * (below + here_out / 2)
        below += here_out
    return wins / (len(inside) * len(outside))


def recall_at_fpr(inside: Sequence[float], outside: Sequence[float], share: float = 0.05) -> float:
    """The largest share of out-of-scope messages below a threshold that has at most `share` of the
    messages in scope below it.

    The point of the ROC curve at a false positive rate, where "positive" is "refused"; as in
    Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution Examples
    in Neural Networks", ICLR 2017. Equal scores are refused together or not at all.
    """
    best = refused_in = refused_out = 0
    for _, here_in, here_out in _ascending(inside, outside):
        refused_in += here_in
        refused_out += here_out
        if _more_than(refused_in, share, len(inside)):
            break
        best = refused_out
    return best / len(outside)


def coverage(
    score: Sequence[float], right: Sequence[bool], in_scope: Sequence[bool], share: float
) -> float:
    """How much may be answered when at most `share` of the answers may be wrong.

    All messages in the order of their score, the highest first; the longest head in which at
    most `share` are wrong (a wrong intent, or out of scope, so never right); the messages in
    scope of that head / all messages in scope. The risk-coverage curve of El-Yaniv and Wiener,
    "On the Foundations of Noise-free Selective Classification", JMLR 11, 2010, read at a risk. A
    head ends between two scores: equal scores are answered together or not at all.
    """
    _same_length(score, right)
    _same_length(score, in_scope)
    order = sorted(range(len(score)), key=lambda at: -score[at])
    wrong = scoped = best = 0
    for head, at in enumerate(order, 1):
        wrong += not (right[at] and in_scope[at])
        scoped += in_scope[at]
        ends = head == len(order) or score[order[head]] != score[at]
        if ends and not _more_than(wrong, share, head):
            best = scoped
    return best / sum(in_scope)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, linear between neighbours.

    Definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996.
    """
    ordered = sorted(values)
    at = (len(ordered) - 1) * share
    low, high = math.floor(at), math.ceil(at)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _ascending(
    inside: Sequence[float], outside: Sequence[float]
) -> Iterator[tuple[float, int, int]]:
    """Each score, and how many of each kind have exactly it."""
    count_in, count_out = Counter(inside), Counter(outside)
    for score in sorted(count_in.keys() | count_out.keys()):
        yield score, count_in[score], count_out[score]


def _more_than(part: int, share: float, whole: int) -> bool:
    # 0.05 * 20 is a hair more than 1 in floating point; one of twenty is five per cent.
    return part > share * whole + 1e-9


def _same_length(one: Sequence[object], other: Sequence[object]) -> None:
    if len(one) != len(other) or not one:
        raise ValueError(f"{len(one)} and {len(other)} values cannot be compared")
