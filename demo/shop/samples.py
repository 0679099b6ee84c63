"""The sample orders: one per status, and a few for what can go wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

RETURN = timedelta(days=14)
WARRANTY = timedelta(days=730)


@dataclass(frozen=True)
class SampleOrder:
    """One order; which dates it has depends on how far it is."""

    number: str
    status: str
    items: tuple[str, ...]
    placed_on: date
    shipped_on: date | None = None
    expected_on: date | None = None
    delivered_on: date | None = None
    carrier: str | None = None
    tracking: str | None = None
    place: str | None = None
    # By law these go back only while they are sealed.
    sealed_only: tuple[str, ...] = ()

    def return_until(self) -> date | None:
        """The last day on which this may be sent back."""
        delivered = self.delivered_on if self.status == "delivered" else None
        return None if delivered is None else delivered + RETURN

    def warranty_until(self) -> date | None:
        """The last day on which the shop answers for a defect."""
        return None if self.delivered_on is None else self.delivered_on + WARRANTY


Day = Callable[[int], date]


def sample_orders(today: date) -> dict[str, SampleOrder]:
    """Dated around today, so that the demo never looks stale."""

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    orders = (
        *_older_orders(day),
        SampleOrder(
            number="10455",
            status="delivered",
            items=("Kindle Paperwhite 16 GB",),
            placed_on=day(-9),
            shipped_on=day(-7),
            expected_on=day(-5),
            delivered_on=day(-5),
            carrier="DPD",
            tracking="DPD-5520-7741",
        ),
        SampleOrder(
            number="10467",
            status="returned",
            items=("Logitech MX Keys S",),
            placed_on=day(-24),
            shipped_on=day(-23),
            delivered_on=day(-20),
            expected_on=day(8),
            carrier="InPost",
            tracking="INP-2209-4410",
        ),
        SampleOrder(
            number="10471",
            status="ready_for_pickup",
            items=("Samsung Galaxy Watch7",),
            placed_on=day(-4),
            shipped_on=day(-3),
            expected_on=day(5),
            place="Volta, Marszałkowska 10, Warszawa",
        ),
        SampleOrder(
            number="10482",
            status="shipped",
            items=(
                "Sony WH-1000XM5",
                "USB-C cable 2 m",
            ),
            placed_on=day(-3),
            shipped_on=day(-1),
            expected_on=day(1),
            carrier="InPost",
            tracking="INP-6631-9087",
        ),
        SampleOrder(
            number="10490",
            status="cancelled",
            items=("GoPro HERO13 Black",),
            placed_on=day(-6),
        ),
        SampleOrder(
            number="10499",
            status="problem",
            items=("Lenovo ThinkPad E14",),
            placed_on=day(-14),
            shipped_on=day(-12),
            expected_on=day(-10),
            carrier="DHL",
            tracking="DHL-8812-3003",
        ),
        SampleOrder(
            number="10503",
            status="processing",
            items=(
                "Philips Hue starter kit",
                "Hue motion sensor",
            ),
            placed_on=day(-1),
            expected_on=day(3),
        ),
        SampleOrder(
            number="10512",
            status="awaiting_payment",
            items=("ASUS ROG Ally X",),
            placed_on=day(0),
        ),
    )
    return {order.number: order for order in orders}


def _older_orders(day: Day) -> tuple[SampleOrder, ...]:
    """Delivered: with several items, too long ago for a return, too long ago for a complaint."""

    def delivered(number: str, days_ago: int, *items: str, sealed: str = "") -> SampleOrder:
        return SampleOrder(
            number=number,
            status="delivered",
            items=items,
            placed_on=day(-days_ago - 3),
            shipped_on=day(-days_ago - 2),
            expected_on=day(-days_ago),
            delivered_on=day(-days_ago),
            carrier="DPD",
            tracking=f"DPD-{number}",
            sealed_only=(sealed,) if sealed else (),
        )

    return (
        delivered("10112", 800, "LG OLED C2 55"),
        delivered("10398", 40, "Bosch Serie 4 washing machine"),
        delivered("10447", 5, "Philips 5500 LatteGo", "JBL Flip 6"),
        delivered("10440", 3, "AirPods Pro 2", "Anker 65 W charger", sealed="AirPods Pro 2"),
        SampleOrder(
            number="10431",
            status="returned",
            items=("Dyson V15 Detect",),
            placed_on=day(-45),
            shipped_on=day(-44),
            delivered_on=day(-42),
            expected_on=day(-6),
            carrier="InPost",
            tracking="INP-1180-3315",
        ),
    )
