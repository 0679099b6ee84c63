"""How a desk's chat looks and behaves on a website: [DESK.widget] in `desks.toml`. Pure."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.desk_settings.table import Table, Words
from bot.texts import LANGUAGES, section

COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# A host, with a port if need be; *. stands for any subdomain.
DOMAIN = re.compile(r"(?:\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
PICTURE = re.compile(r"https?://\S+|/\S*")
POSITIONS = ("right", "left")
THEMES = ("auto", "light", "dark")
DIRECTIONS = ("ltr", "rtl")
FIELD_KINDS = ("text", "email", "phone", "select")
SHOWN_AS = ("bubble", "open")
MOST_FIELDS = 12
LONGEST_WAIT_SECONDS = 3600
KNOWN = (
    *("color", "position", "launcher", "theme", "dir", "avatar", "texts", "allowed_domains"),
    *("form", "consent", "proactive"),
)


@dataclass(frozen=True)
class Option:
    """A choice of a select field."""

    value: str
    label: Words


@dataclass(frozen=True)
class FormField:
    """A question before the chat."""

    key: str
    label: Words
    kind: str
    required: bool
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Proactive:
    """When the chat speaks first: on pages like `page`, after so many seconds there."""

    page: str
    after_seconds: int
    show: str
    text: Words


@dataclass(frozen=True)
class WidgetSettings:
    """The defaults are a plain chat on any site."""

    look: dict[str, Any] = field(default_factory=dict)  # `Any`: texts and tables of texts
    allowed_domains: tuple[str, ...] = ()
    form: tuple[FormField, ...] = ()
    consent: Words | None = None
    proactive: tuple[Proactive, ...] = ()

    @property
    def form_version(self) -> str | None:
        """Changes with what is asked before the chat; None when nothing is."""
        if not self.form and not self.consent:
            return None
        asked = [[f.key, f.kind, f.required, [o.value for o in f.options]] for f in self.form]
        return hashlib.sha256(json.dumps([asked, self.consent]).encode()).hexdigest()[:12]

    # `Any`: JSON.
    def public(self, name: Words) -> dict[str, Any]:
        """What any browser may know, no more than it needs."""
        shown: dict[str, Any] = {"name": name, **self.look}
        if self.form_version:
            shown["form_version"] = self.form_version
        if self.form:
            shown["form"] = [_public_field(f) for f in self.form]
        if self.consent:
            shown["consent"] = self.consent
        if self.proactive:
            shown["proactive"] = [vars(rule) for rule in self.proactive]
        return shown


# `Any`: JSON; what a person wrote into a TOML file.
def _public_field(asked: FormField) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": asked.key, "label": asked.label, "kind": asked.kind}
    if asked.required:
        shown["required"] = True
    if asked.options:
        shown["options"] = [vars(option) for option in asked.options]
    return shown


def read_widget(file: Path, desk: str, raw: Any) -> WidgetSettings:
    """The settings of [DESK.widget]; raises BadDesksFile."""
    if raw is None:
        return WidgetSettings()
    table = Table(file, f"{desk}.widget", raw, known=KNOWN)
    return WidgetSettings(
        look=_look(table),
        allowed_domains=_domains(table),
        form=_form(table),
        consent=table.words("consent") if "consent" in table else None,
        proactive=table.tables(
            "proactive", _proactive, known=("page", "after_seconds", "show", "text")
        ),
    )


def _look(table: Table) -> dict[str, Any]:
    found: dict[str, Any] = {
        "color": table.optional_text(
            "color", check=lambda v: bool(COLOR.fullmatch(v)), must='a colour like "#0f6b63"'
        ),
        "position": table.one_of("position", POSITIONS, otherwise="") or None,
        "launcher": None,
        "theme": table.one_of("theme", THEMES, otherwise="") or None,
        "dir": table.one_of("dir", DIRECTIONS, otherwise="") or None,
        "avatar": table.optional_text(
            "avatar",
            check=lambda v: bool(PICTURE.fullmatch(v)),
            must='the address of a picture, like "https://…/face.png"',
        ),
        "texts": _texts(table),
    }
    if "launcher" in table and table.get("launcher") != "icon":
        if isinstance(table.get("launcher"), str):
            raise table.fault("launcher", 'must be "icon" or { en = …, pl = … }')
        found["launcher"] = table.words("launcher")
    return {key: value for key, value in found.items() if value}


def _texts(table: Table) -> dict[str, Words]:
    """The owner's own words in the place of ours, by language and key."""
    if "texts" not in table:
        return {}
    inner = Table(table.file, f"{table.name}.texts", table.get("texts"), known=LANGUAGES)
    keys = section("widget")[LANGUAGES[0]]
    found: dict[str, Words] = {}
    for language in LANGUAGES:
        if language in inner:
            words = Table(
                table.file, f"{inner.name}.{language}", inner.get(language), known=tuple(keys)
            )
            found[language] = {key: words.text(key, must="a text") for key in keys if key in words}
    return found


def _domains(table: Table) -> tuple[str, ...]:
    domains = tuple(domain.lower() for domain in table.texts("allowed_domains"))
    for domain in domains:
        if not DOMAIN.fullmatch(domain):
            raise table.fault(
                "allowed_domains",
                f'holds {domain!r}: write hosts alone, like "shop.example" or "*.shop.example"',
            )
    return domains


def _form(table: Table) -> tuple[FormField, ...]:
    known = ("key", "label", "kind", "required", "options")
    fields = table.tables("form", _form_field, known=known)
    keys = [asked.key for asked in fields]
    if len(set(keys)) < len(keys) or len(keys) > MOST_FIELDS:
        raise table.fault("form", f"must have at most {MOST_FIELDS} fields, each key once")
    return fields


def _form_field(table: Table) -> FormField:
    kind = table.one_of("kind", FIELD_KINDS, otherwise="text")
    options = table.tables(
        "options",
        lambda o: Option(o.text("value", must="a text"), o.words("label")),
        known=("value", "label"),
    )
    if (kind == "select") != bool(options):
        raise table.fault("options", 'must be given for kind = "select", and for no other kind')
    return FormField(
        key=table.text(
            "key",
            check=lambda v: bool(KEY.fullmatch(v)),
            must='lower-case letters, digits and _, like "order_number"',
        ),
        label=table.words("label"),
        kind=kind,
        required=table.flag("required"),
        options=options,
    )


def _proactive(table: Table) -> Proactive:
    return Proactive(
        page=table.text(
            "page", check=lambda v: v.startswith("/"), must='a path like "/checkout" or "/help/*"'
        ),
        after_seconds=table.number(
            "after_seconds", least=0, most=LONGEST_WAIT_SECONDS, otherwise=10
        ),
        show=table.one_of("show", SHOWN_AS, otherwise="bubble"),
        text=table.words("text"),
    )
