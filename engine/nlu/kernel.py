"""Kernel ridge classification with exact leave-one-out. Pure numpy and scipy; no Rasa.

One symmetric n × n system is solved: (K + λI) α = Y, with Y in {1, -1/(classes - 1)}. A message x
scores f(x) = k(x)ᵀ α, one number a class. What makes it worth its memory: all predictions for an
example (or a whole class) that was left out of the training follow from the same inverse, so
nothing is trained twice and no example is spent on calibration.

    left-out scores of a block B = Y_B - (C_BB)⁻¹ α_B,   C = (K + λI)⁻¹

(Rifkin & Lippert, "Notes on Regularized Least Squares", MIT-CSAIL-TR-2007-025, section 3.)
Above `most` examples the predictor is spanned by that many of them (Nyström; Rudi et al., "Less is
More", 2015), with the same formula for the residuals of the larger problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.lapack import spotrf, spotri

Matrix = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
# The rows of a block → its part of a matrix over all examples.
Block = Callable[[Indices], Matrix]


@dataclass(frozen=True)
class Fit:
    """The predictor, and what left-out predictions need.

    `anchors` are the examples that span it (n when exact), `alpha` is anchors × classes, and
    `residual` (n × classes) over `spread` (a block's part of an n × n matrix) corrects a block.
    """

    anchors: Indices
    alpha: Matrix
    targets: Matrix
    residual: Matrix
    spread: Block
    own_spread: npt.NDArray[np.float32]  # its diagonal

    def leave_one_out(self) -> Matrix:
        """Scores (n × classes) of each example by a predictor that never saw it."""
        return self.targets - self.residual / self.own_spread[:, None]

    def leave_out(self, block: Indices) -> Matrix:
        """Scores of these examples by a predictor that saw none of them."""
        spread = self.spread(block).astype(np.float64)
        spread[np.diag_indices(len(block))] += 1e-9
        left: Matrix = self.targets[block] - np.linalg.solve(spread, self.residual[block])
        return left.astype(np.float32)


def targets_of(labels: Indices, classes: int) -> Matrix:
    """1 for an example's class and -1/(classes - 1) for the others: the columns are balanced."""
    targets = np.full((len(labels), classes), -1 / max(classes - 1, 1), np.float32)
    targets[np.arange(len(labels)), labels] = 1
    return targets


def fit_exactly(kernel: Matrix, labels: Indices, *, classes: int, ridge: float) -> Fit:
    """Every example spans the predictor; n² floats twice. `kernel` is overwritten."""
    kernel[np.diag_indices(len(labels))] += np.float32(ridge)
    # In Fortran's order LAPACK works in place; the matrix is symmetric, so its transpose is it.
    factor, failed = spotrf(kernel.T, lower=1, overwrite_a=1, clean=0)
    if failed:
        raise ValueError("the kernel matrix is not positive definite; use a larger ridge")
    inverse, failed = spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ValueError("the kernel matrix cannot be inverted; use a larger ridge")
    _mirror(inverse)
    targets = targets_of(labels, classes)
    alpha = inverse @ targets
    return Fit(
        anchors=np.arange(len(labels)),
        alpha=np.ascontiguousarray(alpha),
        targets=targets,
        residual=alpha,
        spread=lambda block: inverse[np.ix_(block, block)],
        own_spread=np.diag(inverse).copy(),
    )


def _mirror(lower: Matrix, step: int = 1024) -> None:
    """Copies the lower triangle into the upper one, a stripe at a time."""
    size = len(lower)
    for start in range(0, size, step):
        stop = min(start + step, size)
        corner = lower[start:stop, start:stop]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
        lower[start:stop, stop:] = lower[stop:, start:stop].T


def fit_spanned(
    to_anchors: Matrix, anchors: Indices, labels: Indices, *, classes: int, ridge: float
) -> Fit:
    """The anchors span the predictor; `to_anchors` is n × anchors."""
    among = to_anchors[anchors].astype(np.float64)
    system = (to_anchors.T @ to_anchors).astype(np.float64) + ridge * among
    system[np.diag_indices(len(anchors))] += 1e-6 * np.trace(system) / len(anchors)
    factor = cholesky(system, lower=True)
    targets = targets_of(labels, classes)
    half = solve_triangular(factor, to_anchors.T @ targets, lower=True)
    alpha = solve_triangular(factor.T, half).astype(np.float32)
    leverage = solve_triangular(factor, to_anchors.T, lower=True).T.astype(np.float32)

    def spread(block: Indices) -> Matrix:
        part: Matrix = np.eye(len(block), dtype=np.float32) - leverage[block] @ leverage[block].T
        return part

    return Fit(
        anchors=anchors,
        alpha=alpha,
        targets=targets,
        residual=targets - to_anchors @ alpha,
        spread=spread,
        own_spread=np.maximum(1 - np.einsum("ij,ij->i", leverage, leverage), 1e-3),
    )


def spread_anchors(labels: Indices, most: int, seed: int) -> Indices:
    """At most `most` examples, every class with its share and none without any."""
    random = np.random.RandomState(seed)
    share = most / len(labels)
    picked = [
        random.permutation(np.flatnonzero(labels == label))[: max(1, int(count * share))]
        for label, count in enumerate(np.bincount(labels))
        if count
    ]
    return np.sort(np.concatenate(picked))
