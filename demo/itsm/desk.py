"""The IT service's rules: who may reset what, how urgent an incident is, who has to approve."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from demo.itsm.requests import (
    AccessRequest,
    HardwareRequest,
    Identity,
    Incident,
    MfaReset,
    PasswordReset,
)
from demo.itsm.samples import ACCOUNTS, SYSTEMS, Account, System, Ticket, sample_tickets

# `Any`: answers are JSON objects.
Json = dict[str, Any]
MAX_WRONG_IDENTITIES = 3
LINK_MINUTES = 30
TEAM, MANY = 2, 20
# How urgent, and how soon somebody begins.
RESPONSE_MINUTES = {"P1": 30, "P2": 120, "P3": 480}
NEEDS_APPROVAL = ("laptop", "notebook", "macbook", "phone", "telefon", "iphone", "smartfon")
STOCK_DAYS, APPROVED_DAYS = 2, 5
FIRST_INCIDENT, FIRST_REQUEST = 20_450, 30_150


class Refusal(Exception):
    """The request is well-formed, but must not or cannot be done."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class ServiceDesk:
    """Everything that the service remembers, until it stops."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._tickets = sample_tickets(today())
        self._wrong: Counter[str] = Counter()
        self._numbers = {"INC": FIRST_INCIDENT, "REQ": FIRST_REQUEST}

    def ticket(self, number: str) -> Json:
        found = self._tickets.get(number.upper())
        if found is None:
            raise Refusal(404, "unknown_ticket", f"There is no ticket {number}.")
        return asdict(found)

    def report(self, incident: Incident) -> Json:
        priority = priority_of(incident.affected)
        ticket = self._open("INC", "new", incident.summary, priority, team="Service desk")
        minutes = RESPONSE_MINUTES[priority]
        return {"number": ticket.number, "priority": priority, "respond_within_minutes": minutes}

    def reset_password(self, request: PasswordReset) -> Json:
        account = self._verified(request)
        if request.send_to == "phone" and account.phone is None:
            raise Refusal(409, "no_phone", "No phone is registered for this account.")
        if request.send_to == "manager" and account.manager_email is None:
            raise Refusal(409, "no_manager", "No manager is registered for this account.")
        target = account.phone if request.send_to == "phone" else account.manager_email
        ticket = self._open("REQ", "resolved", "Password reset link", "P2", team="Access")
        sent_to = masked(str(target))
        return {"number": ticket.number, "sent_to": sent_to, "valid_minutes": LINK_MINUTES}

    def reset_mfa(self, request: MfaReset) -> Json:
        account = self._verified(request)
        gone = request.old_phone != "here"
        # A stolen phone must not be the phone that proves who somebody is.
        call_manager = gone or account.phone is None
        target = account.manager_email if call_manager else account.phone
        if target is None:
            raise Refusal(409, "no_manager", "Nobody is registered who could confirm.")
        ticket = self._open("REQ", "in_progress", "Sign-in app reset", "P2", team="Access")
        return {
            "number": ticket.number,
            "confirmed_by": "manager" if call_manager else "phone",
            "sent_to": masked(target),
            "respond_within_minutes": RESPONSE_MINUTES["P1" if gone else "P2"],
        }

    def request_access(self, request: AccessRequest) -> Json:
        if not any(account.email == request.manager_email for account in ACCOUNTS):
            raise Refusal(422, "unknown_manager", "No employee has this e-mail address.")
        if request.manager_email == request.email:
            raise Refusal(422, "self_approval", "Nobody approves their own access.")
        system = system_named(request.system)
        name = request.system if system is None else system.name
        summary = f"Access: {name}, {request.level}"
        ticket = self._open("REQ", "waiting_for_approval", summary, "P3", team="Access")
        owner = None if system is None else system.owner
        days = 3 if system is None else system.days
        return {"number": ticket.number, "system": name, "owner": owner, "days": days}

    def request_hardware(self, request: HardwareRequest) -> Json:
        today = self._today()
        if request.needed_on is not None and request.needed_on < today:
            raise Refusal(422, "date_in_the_past", "The day when it is needed has passed.")
        approval = any(word in request.device.lower() for word in NEEDS_APPROVAL)
        status = "waiting_for_approval" if approval else "in_progress"
        summary = f"Hardware: {request.device}"
        ready = working_days_later(today, APPROVED_DAYS if approval else STOCK_DAYS)
        ticket = self._open("REQ", status, summary, "P3", team="Devices", expected_on=ready)
        return {"number": ticket.number, "needs_approval": approval, "ready_on": ready}

    def _verified(self, identity: Identity) -> Account:
        """Never says which of the two was wrong, nor whether the account exists."""
        if self._wrong[identity.email] >= MAX_WRONG_IDENTITIES:
            raise Refusal(429, "too_many_attempts", "Too many wrong attempts; a person must help.")
        account = next((one for one in ACCOUNTS if one.email == identity.email), None)
        if account is None or account.employee_number != identity.employee_number:
            self._wrong[identity.email] += 1
            raise Refusal(403, "identity_mismatch", "E-mail and employee number do not match.")
        self._wrong.pop(identity.email, None)
        if not account.is_active:
            raise Refusal(403, "account_disabled", "The account is disabled.")
        return account

    def _open(
        self,
        kind: str,
        status: str,
        summary: str,
        priority: str,
        *,
        team: str,
        expected_on: date | None = None,
    ) -> Ticket:
        number = f"{kind}-{self._numbers[kind]}"
        self._numbers[kind] += 1
        today = self._today()
        ticket = Ticket(number, status, summary, priority, today, today, team, expected_on)
        self._tickets[number] = ticket
        return ticket


def priority_of(affected: int) -> str:
    """One person P3, a team P2, a whole site P1."""
    if affected >= MANY:
        return "P1"
    return "P2" if affected >= TEAM else "P3"


def masked(target: str) -> str:
    """Enough for its owner to know it again, useless to anybody else."""
    name, at, domain = target.partition("@")
    return f"{name[0]}•••@{domain}" if at else f"••• {target[-3:]}"


def system_named(words: str) -> System | None:
    """The system that people mean by these words."""
    wanted = words.lower()
    return next((system for system in SYSTEMS if wanted in system.names), None)


def working_days_later(day: date, days: int) -> date:
    """Saturdays and Sundays do not count."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
