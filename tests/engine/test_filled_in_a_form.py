"""A window that is opened under a form's question fills in the form that the bot has begun."""

import json

import pytest

from tests.dialogue import Dialogue

ACCESS = {
    "access_system": "SAP",
    "access_level": "write",
    "access_reason": "I enter the sales orders of my region",
    "access_email": "ada@acme.example",
    "access_manager": "piotr@acme.example",
}


@pytest.mark.parametrize("answers_first", [0, 1])
def test_all_that_is_left_to_ask_is_whether_it_is_right(
    employee: Dialogue, answers_first: int
) -> None:
    begun = employee.say("I need permission to a system")
    assert begun["slots"]["requested_slot"] == "access_system"
    if answers_first:
        assert employee.say("CRM")["slots"]["requested_slot"] == "access_level"
    carried = json.dumps({"filled": json.dumps(ACCESS)})
    said = employee.press(f"/it_access_request{carried}")
    assert said["slots"]["requested_slot"] == "form_confirmed"
    assert {name: said["slots"][name] for name in ACCESS} == ACCESS
