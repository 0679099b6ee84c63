"""Every form by the name of its loop; a declaration becomes known when it is registered."""

from __future__ import annotations

from actions.forms.form import Form

FORMS: dict[str, Form] = {}


def register(form: Form) -> Form:
    """Makes the form known to the actions that serve all forms."""
    if form.loop in FORMS:
        raise ValueError(f"There are two forms named {form.name}.")
    FORMS[form.loop] = form
    return form


def form_of(loop: str | None) -> Form:
    """The form of this loop; a form that is active is registered."""
    return FORMS[str(loop)]
