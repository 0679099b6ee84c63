"""What one update costs the database: SQLite has one writer, and each commit waits for the disk."""

from collections import Counter

import pytest
from sqlalchemy import Connection, event

from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.databases import SQLITE_ONLY
from tests.server import Server

pytestmark = [pytest.mark.asyncio, SQLITE_ONLY]

PEOPLE = 20


async def test_an_update_and_its_answer_are_two_commits_and_a_share_in_a_third(
    server: Server, fake: FakeTelegram
) -> None:
    """Received (before it is confirmed to Telegram), recorded (with the delivery), and how the
    deliveries went: one commit for all that went within a moment."""
    wrote = _what_commits_wrote(server)
    said = [fake.message("How long?", who={**ANNA, "id": 300 + n}) for n in range(PEOPLE)]
    await fake.send_raw(*[{"update_id": 1 + n, "message": one} for n, one in enumerate(said)])
    await fake.wait_for("Two working days.", times=PEOPLE)
    await fake.until_confirmed()
    await fake.until(lambda: wrote["delivery_attempts"], "how the deliveries went")
    assert wrote["turns"] == PEOPLE  # received
    assert wrote["deliveries"] == PEOPLE  # recorded
    assert wrote["customers"] == PEOPLE  # in the same commit as what they wrote
    assert wrote["channel_memory"] == 0
    assert wrote["messages"] == 2 * PEOPLE
    assert wrote["delivery_attempts"] < PEOPLE / 2
    assert wrote["any"] <= 2 * PEOPLE + PEOPLE / 2 + 10  # ten for what the desk does beside it


def _what_commits_wrote(server: Server) -> Counter[str]:
    """Table → in how many commits something was inserted into it; `any`: how many commits."""
    counted: Counter[str] = Counter()
    tables: set[str] = set()
    engine = server.app.state.parts.db._writer.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO "):
            tables.add(statement.split()[2])

    def commit(_connection: Connection) -> None:
        counted.update([*tables, "any"])
        tables.clear()

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    return counted
