"""The measurements as a table, with what was expected of them."""

from typing import Any

from rich.table import Table

# `Any`: the measurements as they go into the JSON file.
Results = dict[str, Any]


def expectations(results: Results) -> list[tuple[str, str, str, bool]]:
    """(what, measured, expected, met), as far as it was measured."""
    ours, stock = results["turn_ms"]["ours"], results["turn_ms"].get("stock")
    last = max(ours, key=int)
    rows = [_ratio(f"ours: message {last} / message 10", ours[last] / ours["10"], at_most=1.2)]
    if stock:
        growth = stock[last] / stock["10"]
        rows.append(_ratio(f"stock: message {last} / message 10", growth, at_least=20))
        rows.append(_ratio("at message 10: stock / ours", stock["10"] / ours["10"], at_least=3))
    adds = results["trip"]["service_adds"]
    rows.append(("the service adds to the engine's time", f"{adds:.0%}", "< 40 %", adds < 0.4))
    return rows


def _ratio(
    what: str, value: float, *, at_most: float | None = None, at_least: float | None = None
) -> tuple[str, str, str, bool]:
    if at_most is not None:
        return what, f"{value:.2f}", f"≤ {at_most:g}", value <= at_most
    return what, f"{value:.1f}", f"≥ {at_least:g}", value >= (at_least or 0)


def tables(results: Results) -> list[Table]:
    """What a person reads."""
    turns = Table("turn, ms", *results["turn_ms"]["ours"], "turns/s at 16", title="Engine")
    for engine, row in results["turn_ms"].items():
        rate = f"{results['turns_per_second'][engine]:.0f}"
        turns.add_row(engine, *(f"{ms:.1f}" for ms in row.values()), rate)
    trip = results["trip"]
    whole = Table("engine alone, ms", "socket → answer, ms", "p99, ms", title="Whole trip")
    whole.add_row(*(f"{trip[key]:.1f}" for key in ("engine_ms", "trip_ms", "trip_p99_ms")))
    memory = Table(*results["memory_mb"], title="Memory, MB (PSS)")
    memory.add_row(*(f"{size:.0f}" for size in results["memory_mb"].values()))
    seconds = results["seconds"]
    times = Table(*seconds, title="Seconds")
    times.add_row(*(f"{value:.1f}" for value in seconds.values()))
    expected = Table("what", "measured", "expected", "", title="Expected")
    for what, measured, wanted, met in expectations(results):
        expected.add_row(what, measured, wanted, "met" if met else "[red]not met[/red]")
    return [turns, whole, memory, times, expected]
