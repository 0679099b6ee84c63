"""A thousand open chats lose their desk in one moment: they come back, and not all at once."""

import signal
from pathlib import Path

import pytest

from benchmarks.storm import ENDS, most_within, storm
from benchmarks.world import service, stand_in
from tests.databases import database_of
from tests.processes import free_port

SOCKETS = 1000
# Each draws from five seconds, so a fifth of them begins in each; a slow machine only adds.
SPREAD_SECONDS = 5


@pytest.mark.timeout(400)
@pytest.mark.parametrize("how", ENDS.values(), ids=["restarted", "killed"])
def test_a_thousand_sockets_come_back_spread_out(tmp_path: Path, how: signal.Signals) -> None:
    database, port = database_of(tmp_path), free_port()
    with stand_in(tmp_path) as engine:
        found = storm(
            lambda: service(database, [engine.url], port=port, folder=tmp_path),
            sockets=SOCKETS,
            how=how,
        )
    assert len(found.back) == SOCKETS
    assert found.acknowledged == found.written == SOCKETS // 5
    # How long each has waited, whatever the machine did to it besides.
    for seconds in range(1, SPREAD_SECONDS):
        early = sum(pause < seconds * 1000 for pause in found.pauses)
        assert early < SOCKETS * (seconds / SPREAD_SECONDS + 0.15)
    # And what of it the desk gets to feel.
    assert most_within(found.tried, 1000) < SOCKETS / 2
