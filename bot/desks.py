"""The desks of this installation, as `desks.toml` lists them."""

import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.availability.hours import Hours
from bot.availability.reading import BadHours, read_hours
from bot.availability.service import Opening
from bot.availability.standing import FormWhen
from bot.desk_settings.assignment import AssignmentRule, read_assignment
from bot.desk_settings.fields import Field, read_fields
from bot.desk_settings.identity import IdentityKey, read_identity
from bot.desk_settings.idle import IdleRules, read_idle
from bot.desk_settings.slack import SlackSettings, read_slack
from bot.desk_settings.table import BadDesksFile
from bot.desk_settings.targets import DeskTargets, read_targets
from bot.desk_settings.telegram import TelegramSettings, read_telegram
from bot.desk_settings.widget import WidgetSettings, read_widget
from bot.errors import FirstlineError
from bot.texts import LANGUAGES

__all__ = ["BadDesksFile", "Desk", "Desks", "UnknownDesk"]

ANSWER_WITHIN_MINUTES = 30
LONGEST_MINUTES = 60 * 24 * 30
TIMEZONE = "UTC"
# When customers are offered a form in the place of the queue.
FORM_WHEN = {
    "closed": FormWhen(),
    "nobody_online": FormWhen(nobody_online=True),
    "never": FormWhen(closed=False),
}


class UnknownDesk(FirstlineError):
    """A desk that `desks.toml` does not list."""

    code = "unknown_desk"
    status = 404


@dataclass(frozen=True)
class Desk:
    """A queue with its own agents and topics."""

    id: str
    name: dict[str, str]
    answer_within: timedelta
    timezone: ZoneInfo
    opening: Opening
    fields: tuple[Field, ...] = ()
    widget: WidgetSettings = field(default_factory=WidgetSettings)
    identity: IdentityKey | None = field(default=None, repr=False)
    idle: IdleRules = field(default_factory=IdleRules)
    slack: SlackSettings = field(default_factory=SlackSettings)
    assignment: AssignmentRule = field(default_factory=AssignmentRule)
    targets: DeskTargets = field(default_factory=DeskTargets)
    telegram: TelegramSettings = field(default_factory=TelegramSettings)


class Desks:
    """All desks, by id."""

    def __init__(self, desks: list[Desk]) -> None:
        self._by_id = {desk.id: desk for desk in desks}

    @classmethod
    def load(cls, path: Path) -> "Desks":
        """Reads the desks file; raises BadDesksFile with the place of the fault."""
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise BadDesksFile(f"{path} is missing: it lists the desks.") from None
        except tomllib.TOMLDecodeError as error:
            raise BadDesksFile(f"{path}: {error}") from None
        if not table:
            raise BadDesksFile(
                f"{path} lists no desk; add at least one, for example [customer-care]."
            )
        desks = []
        for key, entry in table.items():
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, dict) or any(not name.get(lang) for lang in LANGUAGES):
                raise BadDesksFile(f"{path}: [{key}] needs name = {{ en = …, pl = … }}.")
            zone = _timezone(path, key, entry)
            desks.append(
                Desk(
                    id=key,
                    name=name,
                    answer_within=_answer_within(path, key, entry),
                    timezone=zone,
                    opening=Opening(_hours(path, key, entry, zone), _form_when(path, key, entry)),
                    fields=read_fields(path, key, entry.get("fields")),
                    widget=read_widget(path, key, entry.get("widget")),
                    identity=read_identity(path, key, entry.get("identity")),
                    idle=read_idle(path, key, entry.get("idle")),
                    slack=read_slack(path, key, entry.get("slack")),
                    assignment=read_assignment(path, key, entry.get("assignment")),
                    targets=read_targets(path, key, entry.get("targets"), entry.get("escalations")),
                    telegram=read_telegram(path, key, entry.get("telegram")),
                )
            )
        _check_slack(path, desks)
        _check_escalations(path, desks)
        _check_telegram(path, desks)
        return cls(desks)

    def get(self, desk_id: str) -> Desk:
        """The desk, or UnknownDesk."""
        try:
            return self._by_id[desk_id]
        except KeyError:
            raise UnknownDesk(desk=desk_id) from None

    def find(self, desk_id: str) -> Desk | None:
        """The desk; None for one that is gone."""
        return self._by_id.get(desk_id)

    def all(self) -> list[Desk]:
        """All desks in the order of the file."""
        return list(self._by_id.values())

    def answer_within(self, desk_id: str) -> timedelta:
        """How long a conversation may wait in the desk's queue; also of a desk that is gone."""
        desk = self._by_id.get(desk_id)
        return desk.answer_within if desk else timedelta(minutes=ANSWER_WITHIN_MINUTES)


def _check_slack(path: Path, desks: list[Desk]) -> None:
    """A post belongs to one desk, and so does what agents write among themselves."""
    taken: dict[tuple[str | None, str], str] = {}
    rooms: dict[tuple[str | None, str], str] = {}
    for desk in desks:
        rules = desk.slack
        wanted = [*rules.channels, *rules.mention_channels]
        triage = rules.triage_channel
        if triage is not None and any(
            triage in (*other.slack.channels, *other.slack.mention_channels) for other in desks
        ):
            raise BadDesksFile(
                f"{path}: [{desk.id}.slack] triage_channel {triage} is a request channel as well: "
                "what agents write among themselves needs a channel of their own."
            )
        whose = rooms.setdefault((rules.workspace, triage), desk.id) if triage else desk.id
        if whose != desk.id:
            raise BadDesksFile(
                f"{path}: [{desk.id}.slack] triage_channel {triage} is that of [{whose}.slack] as "
                "well: each desk's agents need a channel of their own."
            )
        for place in [*wanted, *(["direct_messages"] if rules.direct_messages else [])]:
            other = taken.setdefault((rules.workspace, place), desk.id)
            if other != desk.id or wanted.count(place) > 1:
                raise BadDesksFile(
                    f"{path}: [{desk.id}.slack] {place} is already in [{other}.slack]."
                )


def _check_escalations(path: Path, desks: list[Desk]) -> None:
    """They may hand on to desks that there are."""
    known = {desk.id for desk in desks}
    for desk in desks:
        for rule in desk.targets.escalations:
            if rule.desk is not None and rule.desk not in known - {desk.id}:
                raise BadDesksFile(
                    f"{path}: [[{desk.id}.escalations]] desk must be another desk of this file"
                    f" (it is {rule.desk!r})."
                )


def _check_telegram(path: Path, desks: list[Desk]) -> None:
    """Who writes to the bot without naming a desk comes to one; a form is one that there is."""
    for desk in desks:
        if desk.telegram.form and desk.widget.form_version is None:
            raise BadDesksFile(
                f"{path}: [{desk.id}.telegram] form = true asks what [[{desk.id}.widget.form]] and"
                f" [{desk.id}.widget] consent say, and neither is there."
            )
    chosen = [desk.id for desk in desks if desk.telegram.is_default]
    if len(chosen) > 1:
        raise BadDesksFile(
            f"{path}: [{chosen[1]}.telegram] default is already in [{chosen[0]}.telegram]."
        )


# `Any`: what a person wrote into a TOML file.
def _answer_within(path: Path, key: str, entry: dict[str, Any]) -> timedelta:
    minutes = entry.get("answer_within_minutes", ANSWER_WITHIN_MINUTES)
    if type(minutes) is not int or not 1 <= minutes <= LONGEST_MINUTES:
        raise BadDesksFile(
            f"{path}: [{key}] answer_within_minutes must be a whole number, 1 to {LONGEST_MINUTES}."
        )
    return timedelta(minutes=minutes)


def _timezone(path: Path, key: str, entry: dict[str, Any]) -> ZoneInfo:
    name = entry.get("timezone", TIMEZONE)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise BadDesksFile(
            f'{path}: [{key}] timezone must be one like "Europe/Warsaw" (it is {name!r}).'
        ) from None


def _hours(path: Path, key: str, entry: dict[str, Any], zone: ZoneInfo) -> Hours:
    try:
        return read_hours(entry, zone)
    except BadHours as error:
        raise BadDesksFile(f"{path}: [{key}] {error}") from None


def _form_when(path: Path, key: str, entry: dict[str, Any]) -> FormWhen:
    choice = entry.get("form", "closed")
    if not isinstance(choice, str) or choice not in FORM_WHEN:
        wanted = ", ".join(f'"{name}"' for name in FORM_WHEN)
        raise BadDesksFile(f"{path}: [{key}] form must be one of {wanted} (it is {choice!r}).")
    return FORM_WHEN[choice]
