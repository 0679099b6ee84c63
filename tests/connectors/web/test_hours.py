"""What a widget hears of opening hours: at the session, in the welcome, and when they change."""

from pathlib import Path

import httpx
import pytest
import time_machine

from tests.desk import DESK
from tests.server import open_server

DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
timezone = "Europe/Warsaw"
hours = { monday = ["8:00-16:00"] }
"""


@pytest.mark.asyncio
async def test_a_widget_hears_when_the_desk_opens(tmp_path: Path) -> None:
    file = tmp_path / "desks.toml"
    file.write_text(DESKS, "utf-8")
    # 2026-11-30 is a Monday; in Warsaw it is 7:50.
    with time_machine.travel("2026-11-30T06:50:00+00:00", tick=True) as clock:
        async with open_server(tmp_path, desks_file=file) as server:
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
                session = (await http.post("/widget/session", json={"desk": DESK})).json()
            closed = session["availability"]
            assert closed["open"] is False
            assert closed["form"] is True
            assert closed["opens_at"] == "2026-11-30T07:00:00+00:00"
            assert closed["text"]["pl"] == "Otwieramy dziś o 8:00"
            async with server.browser(session["token"]) as browser:
                assert browser.welcome["availability"] == closed
                clock.shift(600)
                opened = await browser.wait_for("availability")
                assert opened["open"] is True
                assert opened["closes_at"] == "2026-11-30T15:00:00+00:00"
                assert opened["text"]["en"] == "Open; all colleagues are away just now"
