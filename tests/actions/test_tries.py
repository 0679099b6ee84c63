"""How often a form asked in vain is counted per question, and travels with the form."""

from actions.forms.field import FreeText, Words
from actions.forms.form import Filling, Form, Progress
from actions.forms.kinds import order_number

FORM = Form(
    name="tried",
    starts=("care_return_item",),
    fields=(order_number(), FreeText("street", Words(en="street", pl="ulica"))),
)


def test_tries_of_every_kind_count_together_and_per_question() -> None:
    filling = Filling.begun(FORM, "en")
    assert [filling.failed("order_number"), filling.failed("order_number")] == [1, 2]
    assert filling.failed("street") == 1


def test_a_good_answer_forgets_them() -> None:
    filling = Filling.begun(FORM, "en")
    filling.failed("order_number")
    filling.put("order_number", "10482")
    assert filling.failed("order_number") == 1


def test_they_survive_the_turn() -> None:
    filling = Filling.begun(FORM, "en")
    filling.failed("order_number")
    later = Filling(FORM, {}, Progress.of(filling.progress.stored()))
    assert later.failed("order_number") == 2
