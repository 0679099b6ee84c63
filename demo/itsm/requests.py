"""What may be sent to the IT service; anything else is refused before it counts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.fields import Field

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=200,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$",
    ),
]
EmployeeNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class Request(BaseModel):
    """An unknown field is a mistake of the caller, and said so."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Identity(Request):
    """Who somebody says they are: both must belong to the same account."""

    email: Email
    employee_number: EmployeeNumber


class PasswordReset(Identity):
    """A link with which the employee sets a new password; nobody is sent a password."""

    send_to: Literal["phone", "manager"]


class MfaReset(Identity):
    """The sign-in app is unlinked after a call that checks who asks."""

    old_phone: Literal["here", "gone", "stolen"]


class Incident(Request):
    """Something does not work."""

    summary: Words
    since: Line | None = None
    affected: Annotated[int, Field(ge=1, le=100_000)] = 1
    contact: Line
    tried: Annotated[tuple[Line, ...], Field(max_length=20)] = ()


class AccessRequest(Request):
    """Rights in a system, which its owner and the manager have to allow."""

    system: Line
    level: Literal["read", "write", "admin"]
    reason: Words
    email: Email
    manager_email: Email


class HardwareRequest(Request):
    """Equipment for somebody's work."""

    device: Line
    reason: Words
    needed_on: date | None = None
    place: Line
    email: Email
