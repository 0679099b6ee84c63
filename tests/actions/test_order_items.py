"""Which items of an order somebody means, by name, by kind, and by insisting."""

import pytest

from actions.forms.field import FreeText, Words
from actions.forms.form import Filling, Form
from actions.order_items import insists, items_meant

FORM = Form(
    name="items",
    starts=("care_warranty_claim",),
    fields=(FreeText("product", Words(en="product", pl="produkt")),),
)
KITCHEN = ("Philips 5500 LatteGo", "JBL Flip 6")
EARS = ("AirPods Pro 2", "Anker 65 W charger")


@pytest.mark.parametrize(
    ("text", "items", "meant"),
    [
        ("ekspres", KITCHEN, KITCHEN[:1]),
        ("the coffee machine", KITCHEN, KITCHEN[:1]),
        ("głośnik", KITCHEN, KITCHEN[1:]),
        ("the headphones", EARS, EARS[:1]),
        ("słuchawki", EARS, EARS[:1]),
        ("ładowarka", EARS, EARS[1:]),
        ("JBL", KITCHEN, KITCHEN[1:]),
        ("all of them", EARS, EARS),
        ("the toaster", KITCHEN, ()),
        ("headphones", ("AirPods Pro 2", "Sony WH-1000XM5"), ()),
    ],
)
def test_item_that_is_meant(text: str, items: tuple[str, ...], meant: tuple[str, ...]) -> None:
    assert items_meant(text, items) == meant


@pytest.mark.parametrize(
    ("text", "taken"),
    [("the lamp", True), ("stara lampka nocna", True), ("12", False), ("x" + " y" * 9, False)],
)
def test_a_name_that_is_not_in_the_list_is_taken_when_it_is_said_again(
    text: str, taken: bool
) -> None:
    filling = Filling.begun(FORM, "en")
    assert not insists(text, "product", filling)
    filling.failed("product")
    assert insists(text, "product", filling) is taken
