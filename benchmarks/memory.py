"""How much memory processes take, as Linux tells it."""

from pathlib import Path

NAMES = {
    "rasa run": "engine",
    "rasa_sdk": "action server",
    "demo.orders": "order service",
    "firstline serve": "service",
    "firstline up": "launcher",
}


def by_process(root_pid: int) -> dict[str, float]:
    """Proportional set size in MB of a process and its descendants, by what they are."""
    found: dict[str, float] = {}
    for pid in family(root_pid):
        size = proportional_mb(pid)
        if size is not None:
            name = _name(pid)
            found[name] = found.get(name, 0.0) + size
    return found


def proportional_mb(pid: int) -> float | None:
    """A page that several processes share counts for each in part; None where /proc has none."""
    return _rollup(pid, "Pss:")


def resident_mb(pid: int) -> float | None:
    """Every page that is in memory, shared or not."""
    return _rollup(pid, "Rss:")


def _rollup(pid: int, line_name: str) -> float | None:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(line_name)), None)


def family(root: int) -> list[int]:
    """The process and its descendants."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" ", 1)
        except OSError:
            continue  # it ended meanwhile
        parents[int(pid)] = int(rest.rsplit(")", 1)[1].split()[1])
    family = [root]
    for member in family:
        family += [pid for pid, parent in parents.items() if parent == member]
    return family


def _name(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return "gone"
    return next((name for sign, name in NAMES.items() if sign in line), "other")
