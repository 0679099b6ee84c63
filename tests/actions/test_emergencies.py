"""An emergency leaves the form, unless the form is about just that."""

from actions.forms.form import Filling, Progress
from actions.forms.meaning import Answers, Elsewhere
from actions.forms.message import Message
from actions.forms.understand import understand
from actions.it.incident_report_form import INCIDENT_REPORT
from actions.it.mfa_reset_form import MFA_RESET

LOST = Message("lost it on the train", "it_lost_device", 0.9)


def test_a_lost_phone_answers_the_question_about_the_phone() -> None:
    filling = Filling(MFA_RESET, {}, Progress(), asked="mfa_phone")
    assert understand(filling, LOST) == Answers({"mfa_phone": "stolen"})


def test_elsewhere_it_is_answered_first() -> None:
    filling = Filling(INCIDENT_REPORT, {}, Progress(), asked="incident_summary")
    assert understand(filling, LOST) == Elsewhere()
