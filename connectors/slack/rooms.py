"""Each desk's channels are its own, also where only Slack can tell that two are the same.

A desk may leave its workspace out and another one name it: whether that is the same one is known
once Slack has said whose the bot token is. The rest is refused when `desks.toml` is read.
"""

from collections.abc import Iterator, Mapping

import structlog

from bot.channel import SlackSettings
from bot.errors import BadSetting
from connectors.slack.faults import SlackFault
from connectors.slack.teams import Teams

log = structlog.get_logger()


TRIAGE = "triage_channel"


def doubles(rules: Mapping[str, SlackSettings], own: str) -> list[str]:
    """A sentence for each place that an earlier desk has; `own`: the bot token's workspace."""
    taken: dict[tuple[str, str], str] = {}
    found = []
    for desk, its in rules.items():
        for key, place in _places(its):
            first = taken.setdefault((its.workspace or own, place), desk)
            if first == desk:
                continue
            why = "Each desk's agents need a channel of their own"
            found.append(
                f"[{desk}.slack] {key} {place} is that of [{first}.slack] as well: one names the"
                f" workspace {own}, the other means it, because the bot token is of it."
                f" {why if key == TRIAGE else 'A post belongs to one desk'}"
            )
    return found


def _places(its: SlackSettings) -> Iterator[tuple[str, str]]:
    """(key of the settings, channel)."""
    if its.triage_channel is not None:
        yield TRIAGE, its.triage_channel
    for key in ("channels", "mention_channels"):
        yield from ((key, place) for place in getattr(its, key))
    if its.direct_messages:
        yield "direct_messages", "= true"


async def refuse_doubles(rules: Mapping[str, SlackSettings], teams: Teams) -> None:
    """Raises BadSetting. Slack is asked when it matters; one that is silent holds no start up."""
    if not _may_be_doubled(rules):
        return
    try:
        own = await teams.own()
    except SlackFault as fault:  # then the cards go to the first desk's alone (triage/desk.py)
        log.warning("slack.rooms_not_compared", problem=str(fault))
        return
    if own is not None and (found := doubles(rules, own.id)):
        raise BadSetting(f"desks.toml: {'. '.join(found)}.")


def _may_be_doubled(rules: Mapping[str, SlackSettings]) -> bool:
    meant, named = set[str](), set[str]()
    for its in rules.values():
        (meant if its.workspace is None else named).update(place for _, place in _places(its))
    return bool(meant & named)
