"""`firstline nlu …` and the progress of long work, without the engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.launcher import LauncherError
from bot.launcher.data_checks import check_all, check_before_training
from bot.launcher.engine_tool import run_tool
from bot.launcher.nlu import Benchmark, benchmark_table, measure
from bot.launcher.progress import Follower, Place, following, words
from bot.launcher.report_page import percent, write_page
from bot.launcher.training import ENGINE_PYTHON


def fake_python(root: Path, body: str) -> None:
    python = root / ENGINE_PYTHON
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{body}\n")
    python.chmod(0o755)


def finding(severity: str, what: str) -> dict[str, Any]:
    place = {"file": "data/a.yml", "line": 7}
    return {"severity": severity, "place": place, "what": what, "remedy": "mend it"}


def say(root: Path, *found: dict[str, Any]) -> None:
    (root / "found.json").write_text(json.dumps(found))
    fake_python(root, "cat found.json")


def test_progress_is_read_from_the_log_as_it_grows(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    follower = Follower(log)
    follower.read()
    log.write_text('noise\n@progress {"what": "DIETClassifier", "done": 3, "of": 14}\nEpo')
    follower.read()
    assert follower.place == Place("DIETClassifier", 3, 14)
    with log.open("a") as more:
        more.write("chs:   7%|▋   | 7/100 [00:02<00:30]\rEpochs:  20%|██   | 20/100 [00:05")
    follower.read()
    assert follower.place is not None
    assert words(follower.place) == "DIETClassifier, 3 of 14, epoch 20 of 100"


def test_a_step_is_shown_with_the_time_it_took(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with following("Training", Follower(tmp_path / "none.log")) as tick:
        tick()
    assert "✓ Training (" in capsys.readouterr().out


def test_a_wrong_input_is_the_tools_own_sentence_and_exit_code_2(tmp_path: Path) -> None:
    fake_python(tmp_path, """echo '@problem {"message": "a.csv, line 3: empty"}'; exit 2""")
    with pytest.raises(LauncherError, match=r"^a\.csv, line 3: empty$") as caught:
        run_tool("engine.x", [], title="Measuring", root=tmp_path, log=tmp_path / "x.log")
    assert caught.value.exit_code == 2


def test_a_crash_names_the_log(tmp_path: Path) -> None:
    fake_python(tmp_path, "echo 'ValueError: no'; exit 1")
    with pytest.raises(LauncherError, match=r"(?s)exit code 1.*ValueError: no.*x\.log"):
        run_tool("engine.x", [], title="Measuring", root=tmp_path, log=tmp_path / "x.log")


def test_files_are_found_from_where_the_user_stands(tmp_path: Path) -> None:
    files = (Path("a.csv"), Path("b.csv"), Path("c.json"))
    seen = Benchmark(*files, oos=None, pipeline="my.yml", seed=3).seen_from(tmp_path)
    assert seen.train == tmp_path / "a.csv"
    assert seen.pipeline == str(tmp_path / "my.yml")
    assert Benchmark(*files, oos=None, pipeline="stock", seed=3).seen_from(tmp_path).pipeline == (
        "stock"
    )


def test_an_unwritable_result_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "result.json"
    task = Benchmark(Path("a"), Path("b"), out, oos=None, pipeline="stock", seed=1)
    with pytest.raises(LauncherError, match="cannot be written") as caught:
        measure(task, root=tmp_path, logs=tmp_path)
    assert caught.value.exit_code == 2


def test_the_table_says_so_when_nothing_was_out_of_scope() -> None:
    result = dict.fromkeys(
        ("accuracy", "macro_f1", "ece", "coverage_2", "coverage_5", "train_seconds"), 0.5
    )
    result |= dict.fromkeys(("predict_ms_median", "predict_ms_p99", "peak_mb"), 2.0)
    rows = {"train": 4, "train_oos": 0, "test": 2, "test_oos": 0, "intents": 2}
    nothing = {"oos_auroc": None, "oos_recall_at_5_fpr": None}
    table = benchmark_table({**result, **nothing, "rows": rows, "pipeline": "stock"})
    measured = list(table.columns[1].cells)
    assert measured.count("no such messages") == 2
    assert "50.0%" in measured


def test_an_error_in_the_data_stops_training_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(tmp_path, finding("error", "twice"), finding("warning", "short"))
    with pytest.raises(LauncherError, match="1 mistake in what") as caught:
        check_before_training(tmp_path)
    assert caught.value.exit_code == 2
    assert "data/a.yml:7: twice" in capsys.readouterr().err


def test_warnings_are_shown_and_do_not_stop_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(tmp_path, *[finding("warning", f"short {number}") for number in range(7)])
    check_before_training(tmp_path)
    assert "and 2 more: firstline nlu check" in capsys.readouterr().out
    check_all(tmp_path)
    assert "7 things worth a look" in capsys.readouterr().out


def test_a_check_that_crashes_is_no_clean_bill(tmp_path: Path) -> None:
    fake_python(tmp_path, "echo 'ImportError: yaml' >&2; exit 1")
    with pytest.raises(LauncherError, match="ImportError: yaml"):
        check_before_training(tmp_path)


def report() -> dict[str, Any]:
    part = dict.fromkeys(("accuracy", "answered_right", "asked_back", "answered_wrong"), 0.875)
    mistake = {"text": "<b>hm</b>", "language": "pl", "desk": None, "taken_for": "b", "guess": "b"}
    weak = {"intent": "a", "accuracy": 0.5, "messages": 2, "languages": {"pl": 0.5}}
    pairs = [
        {"intent": "a", "taken_for": "a", "times": 1},
        {"intent": "a", "taken_for": "b", "times": 1},
    ]
    example = {"text": "x", "intent": "a", "place": "a.yml:3"}
    return {
        "parts": {
            name: {**part, "messages": 8, "out_of_scope_recall": None}
            for name in ("en", "pl", "typing")
        },
        "intents": [
            {
                **weak,
                "mistakes": [{**mistake, "confidence": 0.4}],
                "examples": {"pl": 4},
                "advice": ["Add 11 Polish examples: it has too few."],
            }
        ],
        "confusions": {"shop": pairs},
        "near_duplicates": [{"alike": 0.9, "examples": [example, example]}],
    }


def test_the_page_needs_nothing_else_and_escapes_what_people_wrote(tmp_path: Path) -> None:
    page = write_page(report(), tmp_path).read_text("utf-8")
    assert "&lt;b&gt;hm&lt;/b&gt;" in page
    assert "<b>hm" not in page
    assert "src=" not in page
    assert "http" not in page
    assert "a: taken for b, 1 ×" in page
    assert "Add 11 Polish examples" in page


def test_shares_read_like_shares() -> None:
    assert [percent(share) for share in (1.0, 0.875, None)] == ["100%", "87.5%", "–"]
