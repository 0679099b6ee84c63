"""Cards of a reply: what is well made is shown, what is not is named."""

from typing import Any

import pytest

from bot.channel import Button, Card, Link
from bot.dialogue.cards import MOST_CARDS, read_cards

FULL = {
    "title": "Sony WH-1000XM5",
    "text": "Black",
    "image": "https://shop.example/xm5.jpg",
    "link": {"title": "See it", "url": "https://shop.example/xm5"},
    "buttons": [{"title": "In a store?", "payload": "/stock"}],
}


def test_a_card_with_everything() -> None:
    assert read_cards({"cards": [FULL]}) == (
        (
            Card(
                "Sony WH-1000XM5",
                "Black",
                "https://shop.example/xm5.jpg",
                Link("See it", "https://shop.example/xm5"),
                (Button("In a store?", "/stock"),),
            ),
        ),
        [],
    )


def test_a_title_is_enough() -> None:
    assert read_cards({"cards": [{"title": "Hi", "image": None}]}) == ((Card("Hi"),), [])


def test_no_cards_is_no_problem() -> None:
    assert read_cards({"unclear": True}) == ((), [])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("a text", "must be an object"),
        ({}, "“title” must be a text of 1 to 200"),
        ({"title": " "}, "“title”"),
        ({"title": "x" * 201}, "“title”"),
        ({"title": ["x"]}, "“title”"),
        ({"title": "x\x00"}, "“title”"),
        ({"title": "x", "text": 5}, "“text”"),
        ({"title": "x", "image": "javascript:alert(1)"}, "“image” must be an http or https"),
        ({"title": "x", "image": "//shop.example/a.png"}, "“image”"),
        ({"title": "x", "image": "data:image/svg+xml,<svg onload=alert(1)>"}, "“image”"),
        ({"title": "x", "link": "https://shop.example"}, "“link” must be an object"),
        ({"title": "x", "link": {"url": "https://shop.example"}}, "“title”"),
        ({"title": "x", "link": {"title": "y", "url": "java\nscript:alert(1)"}}, "“url”"),
        ({"title": "x", "link": {"title": "y", "url": "https://"}}, "“url”"),
        ({"title": "x", "link": {"title": "y", "url": "http://[::1"}}, "“url”"),
        ({"title": "x", "buttons": {"title": "y"}}, "“buttons” must be a list"),
        ({"title": "x", "buttons": ["y"]}, "a button must be an object"),
        ({"title": "x", "buttons": [{"title": "y"}]}, "“payload”"),
        ({"title": "x", "buttons": [{"title": "y", "payload": "/z"}] * 11}, "at most 10"),
    ],
)
def test_a_card_that_is_not_well_made_is_left_out_alone(wrong: Any, says: str) -> None:
    cards, problems = read_cards({"cards": [FULL, wrong, {"title": "Hi"}]})
    assert [card.title for card in cards] == ["Sony WH-1000XM5", "Hi"]
    assert len(problems) == 1
    assert problems[0].startswith("card 2: ")
    assert says in problems[0]


@pytest.mark.parametrize("wrong", ["x", {"title": "x"}, 5, True])
def test_a_list_of_cards_that_is_none(wrong: Any) -> None:
    assert read_cards({"cards": wrong}) == ((), ["“cards” must be a list"])


def test_no_more_than_ten() -> None:
    cards, problems = read_cards({"cards": [{"title": "x"}] * 11})
    assert (len(cards), problems) == (MOST_CARDS, ["more than 10 cards"])
