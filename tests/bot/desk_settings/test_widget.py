"""[DESK.widget] in desks.toml: what it gives a browser, and what is said about each mistake."""

from pathlib import Path

import pytest

from bot.desks import BadDesksFile, Desk, Desks

NAME = '[shop]\nname = { en = "Shop", pl = "Sklep" }\n'
FULL = """
[shop.widget]
color = "#c2185b"
position = "left"
launcher = { en = "Chat with us", pl = "Napisz do nas" }
theme = "dark"
avatar = "https://shop.example/face.png"
allowed_domains = ["Shop.example", "*.shop.example", "localhost:3000"]
consent = { en = "I agree.", pl = "Zgadzam się." }
[shop.widget.texts]
en = { welcome = "Hi there!" }
[[shop.widget.form]]
key = "topic"
label = { en = "Topic", pl = "Temat" }
kind = "select"
required = true
options = [{ value = "order", label = { en = "An order", pl = "Zamówienie" } }]
[[shop.widget.proactive]]
page = "/checkout*"
after_seconds = 20
show = "open"
text = { en = "Need help?", pl = "Pomóc?" }
"""


def load(folder: Path, words: str) -> Desk:
    file = folder / "desks.toml"
    file.write_text(NAME + words, "utf-8")
    return Desks.load(file).get("shop")


def test_without_a_table_the_chat_is_plain_and_open_to_all(tmp_path: Path) -> None:
    widget = load(tmp_path, "").widget
    assert widget.public({"en": "Shop", "pl": "Sklep"}) == {"name": {"en": "Shop", "pl": "Sklep"}}
    assert widget.allowed_domains == ()


def test_a_browser_gets_what_it_needs_and_no_list_of_domains(tmp_path: Path) -> None:
    widget = load(tmp_path, FULL).widget
    shown = widget.public({"en": "Shop", "pl": "Sklep"})
    assert shown["color"] == "#c2185b"
    assert shown["launcher"] == {"en": "Chat with us", "pl": "Napisz do nas"}
    assert shown["texts"] == {"en": {"welcome": "Hi there!"}}
    assert shown["form"][0]["options"][0]["value"] == "order"
    assert shown["proactive"][0]["after_seconds"] == 20
    assert "shop.example" not in str(shown).replace("https://shop.example/face.png", "")
    assert widget.allowed_domains == ("shop.example", "*.shop.example", "localhost:3000")


def test_another_question_or_another_consent_is_another_version(tmp_path: Path) -> None:
    first = load(tmp_path, FULL).widget.form_version
    assert load(tmp_path, FULL).widget.form_version == first
    assert load(tmp_path, FULL.replace("I agree.", "I agree!")).widget.form_version != first
    assert load(tmp_path, FULL.replace('"topic"', '"about"')).widget.form_version != first
    assert load(tmp_path, "").widget.form_version is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("[shop.widget]\ncolour = 1", "[shop.widget] colour is not known here; known are"),
        ('[shop.widget]\ncolor = "red"', '[shop.widget] color must be a colour like "#0f6b63"'),
        ('[shop.widget]\nposition = "top"', "position must be one of right, left (it is 'top')"),
        ('[shop.widget]\nlauncher = "Chat"', 'launcher must be "icon" or { en = …, pl = … }'),
        ('[shop.widget]\navatar = "javascript:1"', "avatar must be the address of a picture"),
        ('[shop.widget]\nconsent = "yes"', "consent must be { en = …, pl = … }"),
        ('[shop.widget]\nconsent = { en = "yes" }', "consent must be { en = …, pl = … }"),
        ('[shop.widget]\nallowed_domains = ["https://a.b/c"]', "holds 'https://a.b/c'"),
        ('[shop.widget]\nallowed_domains = "a.b"', "allowed_domains must be a list of texts"),
        ("[shop]\nwidget = 3", "[shop.widget] must be a table"),
        ('[shop.widget.texts.en]\nhallo = "x"', "[shop.widget.texts.en] hallo is not known here"),
        ('[shop.widget.texts]\nde = { open = "x" }', "[shop.widget.texts] de is not known here"),
        (
            FULL.replace("after_seconds = 20", "after_seconds = -1"),
            "[shop.widget.proactive 1] after_seconds must be a whole number, 0 to 3600 (it is -1)",
        ),
        (FULL.replace('"/checkout*"', '"checkout"'), "page must be a path"),
        (FULL.replace('"select"', '"text"'), "[shop.widget.form 1] options must be given for"),
        (FULL.replace('key = "topic"', 'key = "Top ic"'), "[shop.widget.form 1] key must be"),
        (FULL.replace("required = true", 'required = "yes"'), "required must be true or false"),
    ],
)
def test_a_mistake_is_named_with_file_desk_and_key(tmp_path: Path, words: str, says: str) -> None:
    if words.startswith("[shop]\n"):
        words = words.removeprefix("[shop]\n")
    with pytest.raises(BadDesksFile) as told:
        load(tmp_path, words)
    assert str(told.value).startswith(f"{tmp_path / 'desks.toml'}: ")
    assert says in str(told.value)
