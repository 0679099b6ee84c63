"""[DESK.telegram] in desks.toml."""

from pathlib import Path

import pytest

from bot.desks import BadDesksFile, Desks

NAMES = 'name = { en = "Care", pl = "Obsługa" }'


def load(folder: Path, more: str) -> Desks:
    file = folder / "desks.toml"
    file.write_text(f"[care]\n{NAMES}\n[it]\n{NAMES}\n{more}")
    return Desks.load(file)


def test_a_desk_without_the_table_takes_what_is_usual(tmp_path: Path) -> None:
    settings = load(tmp_path, "").get("care").telegram
    assert settings.groups
    assert not settings.is_default
    assert "voice" in settings.takes
    assert "sticker" not in settings.takes


def test_everything_can_be_chosen(tmp_path: Path) -> None:
    more = """
[it.telegram]
default = true
groups = false
takes = ["photo", "sticker"]
[it.telegram.topics]
password = { en = "I forgot my password", pl = "Nie pamiętam hasła" }
"""
    settings = load(tmp_path, more).get("it").telegram
    assert (settings.is_default, settings.groups) == (True, False)
    assert settings.takes == {"photo", "sticker"}
    assert settings.topics["password"]["pl"] == "Nie pamiętam hasła"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[it.telegram]\ntakes = ["telepathy"]', "'telepathy'; choose from photo"),
        ("[it.telegram]\ndefault = 1", "default must be true or false"),
        ("[it.telegram]\nspeed = 1", "speed is not known here"),
        ('[it.telegram.topics]\n"A b" = { en = "x", pl = "y" }', "A b must be lower-case letters"),
        ('[it.telegram.topics]\nvpn = { en = "x" }', "vpn must be { en"),
        (
            "[care.telegram]\ndefault = true\n[it.telegram]\ndefault = true",
            r"\[it\.telegram\] default is already in \[care\.telegram\]",
        ),
        ("[it.telegram]\nform = true", r"\[it\.telegram\] form = true asks what .* neither"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_place(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(BadDesksFile, match=says):
        load(tmp_path, more)
