"""A CSV file that cannot be used is named with its line and what to do."""

from pathlib import Path

import pytest

from engine.benchmark.names import Names
from engine.benchmark.result import Answered, summary
from engine.benchmark.rows import BadFile, read_rows, read_sets

GOOD = "text,intent\nhello,greet\nbye,part\n"


def file(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("text;intent\nhi;greet\n", ["line 1", "no column 'text'", "commas"]),
        ("text,label\nhi,greet\n", ["line 1", "no column 'intent'"]),
        ("", ["line 1", "no column 'text'"]),
        ("text,intent\n", ["no row below its header"]),
        ("text,intent\nhi,greet\n  ,greet\n", ["line 3", "text is empty", "remove the row"]),
        ("text,intent\nhi,\n", ["line 2", "intent is empty"]),
        ("text,intent\nhi, you,greet\n", ["line 2", "3 columns instead of 2", "double quotes"]),
        ("text,intent\nhi\n", ["line 2", "1 columns instead of 2"]),
        ('text,intent\n"a\nb",x\n"c,y\n', ["line 4", "double quote"]),
        ("text,intent\nhi,a\nza\xbf\xf3\xb3\xe6,b\n".encode("latin-1"), ["line 3", "UTF-8"]),
        ("text,text,intent\na,b,c\n", ["line 1", "two columns"]),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    tmp_path: Path, content: str | bytes, parts: list[str]
) -> None:
    path = file(tmp_path, content)
    with pytest.raises(BadFile) as caught:
        read_rows(path)
    assert str(caught.value).startswith(str(path))
    for part in parts:
        assert part in str(caught.value)


def test_texts_survive_as_they_are(tmp_path: Path) -> None:
    text = 'he said ""hi [there](x)""\n- and /left, {ok}'
    path = file(tmp_path, f'\ufefftext,intent\n"{text}",a\n\nnext,b\n')
    first, second = read_rows(path)
    assert first.text == 'he said "hi [there](x)"\n- and /left, {ok}'
    assert (first.line, second.line) == (2, 5)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_rows(tmp_path / "none.csv")


def test_one_intent_is_not_enough(tmp_path: Path) -> None:
    train = file(tmp_path, "text,intent\nhi,greet\nwhat,oos\n")
    with pytest.raises(BadFile, match="only the intent 'greet'"):
        read_sets(train, train)


def test_an_intent_of_the_test_must_have_been_trained(tmp_path: Path) -> None:
    train, test = file(tmp_path, GOOD), file(tmp_path, "text,intent\nyo,other\n", "test.csv")
    with pytest.raises(BadFile, match=r"test\.csv, line 2: the intent 'other' is not in"):
        read_sets(train, test)


def test_out_of_scope_rows_come_from_both_files(tmp_path: Path) -> None:
    train = file(tmp_path, GOOD)
    test = file(tmp_path, "text,intent\nhey,greet\nmoon,oos\n", "test.csv")
    oos = file(tmp_path, "text\nsun\n", "oos.csv")
    sets = read_sets(train, test, oos)
    assert [row.in_scope for row in sets.test] == [True, False, False]
    with pytest.raises(BadFile, match="is an intent of the training file"):
        read_sets(train, test, train)


def test_any_name_survives_training_and_back() -> None:
    given = ["faq/price", "out_of_scope", "nlu_fallback", "what?", "oos"]
    names = Names(given)
    trained = [names.trained(name) for name in given]
    assert trained[-1] == "out_of_scope"
    assert len(set(trained)) == len(given)
    assert not any("/" in name for name in trained)
    assert [names.given(name) for name in trained] == given


def test_without_out_of_scope_messages_their_measures_are_null() -> None:
    rows = [Answered("a", "a", "nlu_fallback", 0.9, 0.9, 1.0), Answered("b", "a", "a", 0.2, 0.2, 3)]
    found = summary(rows, 1.5)
    assert found["oos_auroc"] is None
    assert found["oos_recall_at_5_fpr"] is None
    assert found["accuracy"] == 0.5
    assert found["coverage_2"] == 0.5
    assert found["predict_ms_median"] == 2.0
    assert found["confusions"] == [{"intent": "b", "taken_for": "a", "times": 1}]
