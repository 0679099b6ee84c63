"""The tests on Redis: never skipped in silence, and never in CI."""

import pytest

from tests import redis_server


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.mark.usefixtures("nowhere")
def test_a_users_machine_without_it_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install redis-server"):
        redis_server.redis_binary()


@pytest.mark.usefixtures("nowhere")
def test_ci_without_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Redis is not installed"):
        redis_server.redis_binary()
