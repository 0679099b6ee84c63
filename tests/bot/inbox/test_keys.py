"""The keys: one table, with words in both languages, and nothing in it twice."""

import pytest

from bot.inbox.keys import KEYS, Group, Key, by_group
from bot.texts import LANGUAGES, catalogue, text
from tests.inbox import Office


def test_no_key_means_two_things_in_one_place() -> None:
    pressed = [(key.press, key.group is Group.WRITING) for key in KEYS]
    assert len(pressed) == len(set(pressed))
    single = {key.press for key in KEYS if " " not in key.press}
    firsts = {key.press.split(" ")[0] for key in KEYS if " " in key.press}
    assert not single & firsts, "a first stroke of two does nothing by itself"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_has_its_words(key: Key) -> None:
    for language in LANGUAGES:
        assert text(f"inbox.key.{key.name}", language)


def test_no_words_are_left_over() -> None:
    named = {name.removeprefix("inbox.key.") for name in catalogue() if "inbox.key." in name}
    assert named == {key.name for key in KEYS}


@pytest.mark.asyncio
async def test_the_page_lists_all_of_them(office: Office) -> None:
    anna = await office.hire()
    page = await anna.page("/inbox")
    assert sum(map(len, by_group().values())) == len(KEYS) == page.count("data-press=")
    assert "<kbd>Ctrl</kbd>+<kbd>Enter</kbd>" in page
