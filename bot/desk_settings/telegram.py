"""How a desk is reached in Telegram: [DESK.telegram] in `desks.toml`. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.desk_settings.table import Table, Words

# Kinds of messages that Telegram knows, besides text. What of them is kept is also a matter of
# FIRSTLINE_ATTACHMENT_TYPES: voice is audio, and audio has to be allowed there.
KINDS = (
    *("photo", "document", "voice", "audio", "video", "video_note", "animation", "sticker"),
    *("location", "contact"),
)
NOT_BY_ITSELF = ("sticker", "animation")
TOPIC = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
LONGEST_LINK = 64  # characters of a link's parameter, as Telegram takes them
KNOWN = ("default", "groups", "form", "takes", "topics")


@dataclass(frozen=True)
class TelegramSettings:
    """`topics`: what a link into the chat says in the customer's name, by the link's word. `form`:
    whether what [DESK.widget] asks before a chat is asked here too."""

    is_default: bool = False
    groups: bool = True
    form: bool = False
    takes: frozenset[str] = frozenset(KINDS).difference(NOT_BY_ITSELF)
    topics: Mapping[str, Words] = field(default_factory=dict)


# `Any`: what a person wrote into a TOML file.
def read_telegram(file: Path, desk: str, raw: Any) -> TelegramSettings:
    """The settings of [DESK.telegram]; raises BadDesksFile."""
    if raw is None:
        return TelegramSettings()
    table = Table(file, f"{desk}.telegram", raw, known=KNOWN)
    return TelegramSettings(
        is_default=table.flag("default"),
        groups=table.flag("groups") if "groups" in table else True,
        takes=_takes(table),
        form=table.flag("form"),
        topics=_topics(table, desk),
    )


def _takes(table: Table) -> frozenset[str]:
    if "takes" not in table:
        return TelegramSettings().takes
    chosen = table.texts("takes")
    unknown = sorted(set(chosen).difference(KINDS))
    if unknown:
        raise table.fault("takes", f"holds {unknown[0]!r}; choose from {', '.join(KINDS)}")
    return frozenset(chosen)


def _topics(table: Table, desk: str) -> dict[str, Words]:
    raw = table.get("topics") or {}
    inner = Table(table.file, f"{table.name}.topics", raw, known=tuple(raw))
    for name in raw:
        if not TOPIC.fullmatch(name) or len(f"{desk}__{name}") > LONGEST_LINK:
            raise inner.fault(
                name,
                f"must be lower-case letters, digits, - and _, at most {LONGEST_LINK} with "
                "the desk's name, as it stands in a link",
            )
    return {name: inner.words(name) for name in raw}
