"""When a customer who does not answer is reminded, and when it is over: [DESK.idle] (pure)."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.desk_settings.table import Table

KNOWN = ("channels", "remind_after_hours", "warn_after_hours", "close_after_hours")
LONGEST_HOURS = 24 * 60
CHANNEL_NAME = 20  # characters


@dataclass(frozen=True)
class IdleRules:
    """Each step counts from the one before it; zero: this step and those after it do not happen.

    They hold for conversations of these channels alone: visitors of a website are mostly gone.
    """

    channels: tuple[str, ...] = ("slack",)
    remind_after: timedelta = timedelta(hours=24)
    warn_after: timedelta = timedelta(hours=48)
    close_after: timedelta = timedelta(hours=24)


# `Any`: what a person wrote into a TOML file.
def read_idle(file: Path, desk: str, raw: Any) -> IdleRules:
    """The settings of [DESK.idle]; raises BadDesksFile."""
    otherwise = IdleRules()
    if raw is None:
        return otherwise
    table = Table(file, f"{desk}.idle", raw, known=KNOWN)
    channels = table.texts("channels") if "channels" in table else otherwise.channels
    for channel in channels:
        if len(channel) > CHANNEL_NAME:
            raise table.fault("channels", f"must be names of channels; {channel!r} is none")
    return IdleRules(
        channels=channels,
        remind_after=_hours(table, "remind_after_hours", otherwise.remind_after),
        warn_after=_hours(table, "warn_after_hours", otherwise.warn_after),
        close_after=_hours(table, "close_after_hours", otherwise.close_after),
    )


def _hours(table: Table, key: str, otherwise: timedelta) -> timedelta:
    usual = int(otherwise.total_seconds() // 3600)
    return timedelta(hours=table.number(key, least=0, most=LONGEST_HOURS, otherwise=usual))
