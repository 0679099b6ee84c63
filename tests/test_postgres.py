"""The run on PostgreSQL: never skipped in silence, and never in CI."""

import pytest

from tests import postgres


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_programs() -> None:
        raise postgres.NoPostgres("PostgreSQL is not installed")

    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "programs", no_programs)


@pytest.mark.usefixtures("nowhere")
def test_a_users_machine_without_it_is_told_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert postgres.main(["false"]) == 0
    assert "Not run on PostgreSQL: PostgreSQL is not installed." in capsys.readouterr().err


@pytest.mark.usefixtures("nowhere")
def test_ci_without_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert postgres.main(["true"]) == 1


def test_a_named_server_that_does_not_answer_is_no_reason_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv(postgres.VARIABLE, "postgresql+psycopg://postgres@127.0.0.1:9/postgres")
    assert postgres.main(["true"]) == 1
    assert postgres.VARIABLE in capsys.readouterr().err


@pytest.mark.usefixtures("postgresql")
def test_a_command_is_given_the_server_and_its_code_is_ours(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert postgres.main(["sh", "-c", f"echo on ${postgres.VARIABLE}; exit 3"]) == 3
    assert "on postgresql+psycopg://" in capfd.readouterr().out
    assert postgres.main(["sh", "-c", "exit 5"]) == 0, "nothing was selected: no failure"
