"""Where the money of a returned or cancelled order is."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Refund:
    """`state`: waiting_for_parcel, checking, sent, or overdue."""

    order_number: str
    state: str
    amount: str
    method: str
    expected_on: date | None = None
    sent_on: date | None = None


def sample_refunds(today: date) -> dict[str, Refund]:
    """One per state that a new day begins with."""
    refunds = (
        Refund("10467", "checking", "459.00", "blik", expected_on=today + timedelta(days=8)),
        Refund("10490", "sent", "1899.00", "card", sent_on=today - timedelta(days=3)),
        Refund("10431", "overdue", "2749.00", "transfer", expected_on=today - timedelta(days=6)),
    )
    return {refund.order_number: refund for refund in refunds}
