"""Opening hours that cannot be meant: one sentence that names the file, the desk and the key."""

from pathlib import Path

import pytest

from bot.desks import BadDesksFile, Desks
from tests.launcher.test_settings_errors import firstline

NAME = '[shop]\nname = { en = "Shop", pl = "Sklep" }\n'
OPEN = 'hours = { monday = ["8:00-16:00"] }\n'
SPECIAL = "[[shop.special]]\ndate = 2026-12-24\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ('hours = "8-16"\n', "hours must be a table"),
        ('hours = { montag = ["8:00-16:00"] }\n', "hours.montag is no weekday"),
        ('hours = { monday = "8:00-16:00" }\n', "hours.monday must be a list"),
        ('hours = { monday = ["8-16"] }\n', "hours.monday: '8-16' must look like"),
        ('hours = { monday = ["8:00-24:30"] }\n', "no clock shows"),
        ('hours = { monday = ["8:75-9:00"] }\n', "no clock shows"),
        ('hours = { monday = ["8:00-8:00"] }\n', "begins when it ends"),
        ('hours = { monday = ["8:00-12:00", "11:00-13:00"] }\n', "overlap"),
        ("hours = { monday = [] }\n", "opens on no day"),
        ('holidays = "Poland"\n', "there is no country 'Poland'"),
        ('holidays = "DE-QQ"\n', "DE has no region 'QQ'; it has BB, BE"),
        ("holidays = 48\n", "holidays must be a country"),
        ('form = "sometimes"\n', 'form must be one of "closed", "nobody_online", "never"'),
        ("special = 1\n", "special must be written as [[DESK.special]]"),
        (
            OPEN + '[[shop.special]]\ndate = "2026-12-24"\n',
            "special day 1: date and until are days",
        ),
        (OPEN + "[[shop.special]]\nhours = []\n", "special day 1: date and until are days"),
        (OPEN + SPECIAL + "until = 2026-12-01\n", "until must not be before date"),
        (OPEN + SPECIAL + 'reason = { en = "Eve" }\n', "special day 1: reason ="),
        (OPEN + SPECIAL + "open = true\n", "special day 1: open is unknown"),
        (OPEN + SPECIAL + SPECIAL, "special day 2: 2026-12-24 is listed twice"),
        (OPEN + SPECIAL + 'hours = ["late"]\n', "special day 1: hours: 'late' must look like"),
    ],
)
def test_a_fault_is_a_sentence_with_file_desk_and_key(
    tmp_path: Path, words: str, says: str
) -> None:
    path = tmp_path / "desks.toml"
    path.write_text(NAME + words, "utf-8")
    with pytest.raises(BadDesksFile) as refusal:
        Desks.load(path)
    assert str(refusal.value).startswith(f"{path}: [shop] ")
    assert says in str(refusal.value)


def test_the_desk_does_not_start_with_it_and_says_so_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "desks.toml"
    path.write_text(NAME + 'hours = { monday = ["8-16"] }\n', "utf-8")
    done = firstline("serve", FIRSTLINE_DATA_DIR=str(tmp_path), FIRSTLINE_DESKS_FILE=str(path))
    assert done.returncode == 2
    assert "[shop] hours.monday" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_examples_of_the_guide_can_be_read(tmp_path: Path) -> None:
    guide = Path("docs/hours.md").read_text("utf-8")
    examples = [part.split("```")[0] for part in guide.split("```toml\n")[1:]]
    assert len(examples) >= 3
    for number, example in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(example, "utf-8")
        assert Desks.load(path).all()
