"""The confusion picture as PNG, for a message or a slide; the page draws its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

INCH_AN_INTENT = 0.19
RIGHT, WRONG = "#9db8c9", "#b3261e"


# `Any`: the report's confusions.
def draw(confusions: dict[str, list[dict[str, Any]]], file: Path) -> None:
    """A square for each pair, a desk beside the other; the area says how often."""
    desks = list(confusions.items())
    most = max(len(names(pairs)) for _, pairs in desks)
    side = 3.5 + most * INCH_AN_INTENT
    figure, axes = plt.subplots(
        1, len(desks), figsize=(side * len(desks), side), squeeze=False, layout="constrained"
    )
    for axis, (desk, pairs) in zip(axes[0], desks, strict=True):
        _draw_desk(axis, desk, pairs)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def names(pairs: list[dict[str, Any]]) -> list[str]:
    """The intents of a desk in the order of the axes."""
    return sorted({pair[key] for pair in pairs for key in ("intent", "taken_for")})


def _draw_desk(axis: Any, desk: str, pairs: list[dict[str, Any]]) -> None:
    place = {name: at for at, name in enumerate(names(pairs))}
    x = np.array([place[pair["taken_for"]] for pair in pairs])
    y = np.array([place[pair["intent"]] for pair in pairs])
    size = np.array([pair["times"] for pair in pairs])
    colour = np.where(x == y, RIGHT, WRONG)
    axis.scatter(x, y, s=np.minimum(14 + 7 * size, 110), c=colour, marker="s", linewidths=0)
    ticks, labels = list(place.values()), list(place)
    axis.set_xticks(ticks, labels, rotation=90, fontsize=7)
    axis.set_yticks(ticks, labels, fontsize=7)
    axis.set_xlim(-0.7, len(place) - 0.3)
    axis.set_ylim(len(place) - 0.3, -0.7)
    axis.grid(color="#e4e7ea", linewidth=0.5)
    axis.set_axisbelow(True)
    axis.set_title(f"{desk}: what was meant (down), what was understood (across)", fontsize=10)
    for edge in axis.spines.values():
        edge.set_visible(False)
    axis.tick_params(length=0)
