"""What customers are told: in the head, in the transcript, and to the dialogue engine."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from bot.availability.reading import read_hours
from bot.availability.service import Availability, Opening
from bot.availability.standing import FormWhen, Notice
from tests.desk import DESK, answer, open_desk

WARSAW = ZoneInfo("Europe/Warsaw")
DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
timezone = "Europe/Warsaw"
answer_within_minutes = 30
holidays = "PL"
form = "nobody_online"
[customer-care.hours]
monday = ["8:00-16:00"]
friday = ["8:00-16:00"]
[[customer-care.special]]
date = 2026-12-07
hours = ["10:00-11:00"]
reason = { en = "Staff meeting", pl = "Zebranie" }
"""


def warsaw(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=WARSAW)


@pytest.fixture
def desks_file(tmp_path: Path) -> Path:
    path = tmp_path / "desks.toml"
    path.write_text(DESKS, "utf-8")
    return path


@pytest.mark.parametrize(
    ("moment", "en", "pl"),
    [
        (warsaw("2026-11-30", "07:00"), "Opens today at 8:00", "Otwieramy dziś o 8:00"),
        (warsaw("2026-11-29", "12:00"), "Opens tomorrow at 8:00", "Otwieramy jutro o 8:00"),
        (warsaw("2026-12-01", "12:00"), "Opens on Friday at 8:00", "Otwieramy w piątek o 8:00"),
        (
            warsaw("2026-12-18", "16:00"),
            "Opens on Monday at 8:00",
            "Otwieramy w poniedziałek o 8:00",
        ),
        (
            warsaw("2026-12-24", "09:00"),
            "Closed: Christmas Eve. Opens on Monday at 8:00",
            "Zamknięte: Wigilia Bożego Narodzenia. Otwieramy w poniedziałek o 8:00",
        ),
        (
            warsaw("2026-12-07", "12:00"),
            "Closed: Staff meeting. Opens on Friday at 8:00",
            "Zamknięte: Zebranie. Otwieramy w piątek o 8:00",
        ),
        (
            warsaw("2026-11-30", "09:00"),
            "Open; all colleagues are away just now",
            "Otwarte; chwilowo nikogo nie ma na stanowisku",
        ),
    ],
)
@pytest.mark.asyncio
async def test_the_line_in_the_head(
    tmp_path: Path, desks_file: Path, moment: datetime, en: str, pl: str
) -> None:
    with time_machine.travel(moment, tick=False):
        async with open_desk(tmp_path, desks_file=desks_file) as desk:
            notice = await desk.parts.availability.notice(DESK)
            assert dict(notice.words) == {"en": en, "pl": pl}


@pytest.mark.asyncio
async def test_a_handoff_outside_hours_says_until_when_and_waits_in_opening_hours(
    tmp_path: Path, desks_file: Path
) -> None:
    with time_machine.travel(warsaw("2026-11-28", "22:00"), tick=False):
        async with open_desk(tmp_path, desks_file=desks_file) as desk:
            receipt = await desk.customer_asks_for_human()
            said = (await desk.messages(receipt.conversation))[-1].text
            assert "We are closed now; we open on Monday at 8:00." in said
            assert "leave an e-mail address or a phone number" in said
            conversation = await desk.conversation(receipt.conversation)
            assert conversation.due_at == warsaw("2026-11-30", "08:30")


@pytest.mark.asyncio
async def test_polish_customers_read_it_in_polish(tmp_path: Path, desks_file: Path) -> None:
    with time_machine.travel(warsaw("2026-12-25", "12:00"), tick=False):
        async with open_desk(tmp_path, desks_file=desks_file) as desk:
            receipt = await desk.customer_asks_for_human(language="pl")
            said = (await desk.messages(receipt.conversation))[-1].text
            assert "Teraz mamy zamknięte (Boże Narodzenie (pierwszy dzień)); otwieramy" in said
            assert "w poniedziałek o 8:00." in said


@pytest.mark.asyncio
async def test_within_hours_with_an_agent_on_nothing_is_said_of_hours(
    tmp_path: Path, desks_file: Path
) -> None:
    with time_machine.travel(warsaw("2026-11-30", "09:00"), tick=False):
        async with open_desk(tmp_path, desks_file=desks_file) as desk:
            agent = await desk.add_agent()
            await desk.parts.presence.heartbeat(agent.id)
            receipt = await desk.customer_asks_for_human()
            said = (await desk.messages(receipt.conversation))[-1].text
            assert "need not repeat anything" in said
            assert "closed" not in said


@pytest.mark.asyncio
async def test_the_engine_is_told(tmp_path: Path, desks_file: Path) -> None:
    with time_machine.travel(warsaw("2026-11-28", "22:00"), tick=False):
        async with open_desk(tmp_path, desks_file=desks_file) as desk:
            desk.engine.at_once = answer("Hello")
            await desk.customer_says("When do you open?")
            assert desk.engine.requests[-1].facts == {
                "agent_online": False,
                "open": False,
                "opens_at": "2026-11-30T07:00:00+00:00",
                "opens": {"en": "on Monday at 8:00", "pl": "w poniedziałek o 8:00"},
            }


@pytest.mark.asyncio
async def test_widgets_hear_of_it_when_it_opens_when_somebody_comes_and_when_it_closes() -> None:
    hours = read_hours({"hours": {"monday": ["8:00-16:00"]}}, WARSAW)
    heard: list[Notice] = []
    online: set[str] = set()

    async def anyone_online(_: str) -> bool:
        return bool(online)

    availability = Availability(
        {DESK: Opening(hours, FormWhen(nobody_online=True))},
        anyone_online=anyone_online,
        tell=lambda _, notice: heard.append(notice),
    )
    with time_machine.travel(warsaw("2026-11-30", "07:59:59"), tick=False) as clock:
        await availability.look()
        await availability.look()
        assert heard == []
        clock.shift(1)
        await availability.look()
        online.add("Anna")
        await availability.look()
        clock.move_to(warsaw("2026-11-30", "16:00"))
        await availability.look()
        told = [
            (now.is_open, now.agent_online, now.offers_form)
            for now in (notice.standing for notice in heard)
        ]
        assert told == [(True, False, True), (True, True, False), (False, True, True)]
