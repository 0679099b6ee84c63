"""Sample employees, systems and tickets, dated around today so that the demo never looks stale."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Account:
    """An employee's account, with what a reset needs to reach them safely."""

    email: str
    employee_number: str
    phone: str | None
    manager_email: str | None
    is_active: bool = True


@dataclass(frozen=True)
class System:
    """A system that one can ask access to, and who decides."""

    name: str
    names: tuple[str, ...]
    owner: str
    days: int


@dataclass(frozen=True)
class Ticket:
    """A ticket as its owner may see it."""

    number: str
    status: str
    summary: str
    priority: str
    opened_on: date
    updated_on: date
    team: str
    expected_on: date | None = None


ACCOUNTS = (
    Account("anna.nowak@volta.example", "204817", "+48600100217", "piotr.lis@volta.example"),
    Account("john.smith@volta.example", "301122", "+48600100384", "piotr.lis@volta.example"),
    Account("ewa.wrona@volta.example", "118340", None, "piotr.lis@volta.example"),
    Account("piotr.lis@volta.example", "100455", "+48600100512", None),
    Account("jan.byly@volta.example", "150023", "+48600100643", None, is_active=False),
)

SYSTEMS = (
    System("SAP", ("sap", "sap fi", "sap mm", "erp"), "finance.systems@volta.example", 3),
    System("CRM", ("crm", "salesforce"), "sales.systems@volta.example", 1),
    System("SharePoint", ("sharepoint",), "workplace@volta.example", 1),
    System("Jira", ("jira", "confluence"), "engineering.tools@volta.example", 1),
    System("Power BI", ("power bi", "powerbi"), "data@volta.example", 1),
    System("HR portal", ("hr portal", "portal hr", "workday", "kadry"), "hr@volta.example", 3),
)


def sample_tickets(today: date) -> dict[str, Ticket]:
    """One ticket per status."""

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    tickets = (
        Ticket(
            *("INC-20417", "in_progress", "Outlook closes by itself", "P3"),
            *(day(-2), day(-1), "Workplace", day(1)),
        ),
        Ticket(
            *("INC-20398", "waiting_for_you", "Docking station loses the screen", "P3"),
            *(day(-5), day(-2), "Devices"),
        ),
        Ticket(
            *("INC-20431", "new", "Printer on floor 3 prints stripes", "P3"),
            *(day(0), day(0), "Workplace", day(2)),
        ),
        Ticket(
            *("INC-20355", "resolved", "SAP sign-in loops", "P2"),
            *(day(-9), day(-7), "Business systems"),
        ),
        Ticket(
            *("INC-20299", "closed", "New headset has no sound", "P3"),
            *(day(-30), day(-24), "Devices"),
        ),
        Ticket(
            *("REQ-30118", "waiting_for_approval", "Access: CRM, write", "P3"),
            *(day(-1), day(-1), "Access"),
        ),
        Ticket(
            *("REQ-30102", "on_hold", "Hardware: 27-inch monitor", "P3"),
            *(day(-8), day(-3), "Devices", day(6)),
        ),
    )
    return {ticket.number: ticket for ticket in tickets}
