"""What the doctor says about files."""

from pathlib import Path

import pytest

from bot.launcher.bot_checks import State
from bot.launcher.files import files_check
from bot.settings import Settings


@pytest.mark.parametrize(
    ("settings", "state", "says"),
    [
        ({}, State.OK, "no virus scanner is set"),
        ({"attachment_max_mb": 0}, State.OK, "are not taken"),
        ({"virus_scan": "command:true {file}"}, State.OK, "the virus scanner answers"),
        ({"virus_scan": "command:false {file}"}, State.FAIL, "a clean file for an infected one"),
        ({"virus_scan": "clamd:127.0.0.1:9"}, State.FAIL, "does not answer, so no file is taken"),
        ({"virus_scan": "clamav"}, State.FAIL, "FIRSTLINE_VIRUS_SCAN: must be"),
        ({"attachment_types": "all"}, State.FAIL, "all is no kind of file"),
    ],
)
def test_the_doctor_looks_at_files(
    tmp_path: Path, settings: dict[str, object], state: State, says: str
) -> None:
    check = files_check(Settings(data_dir=tmp_path / "not yet", **settings))  # type: ignore[arg-type]
    assert (check.state, check.name) == (state, "files")
    assert says in check.detail
