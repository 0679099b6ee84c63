"""Ports: taken ones are named with the setting that moves them."""

import socket
from collections.abc import Iterator

import pytest

from bot.launcher import LauncherError
from bot.launcher.ports import Address, is_loopback, local_address, require_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_a_taken_port_is_named_with_its_setting(taken: int) -> None:
    address = Address("engine", "127.0.0.1", taken, "FIRSTLINE_ENGINE_URL")
    with pytest.raises(LauncherError) as caught:
        require_free([address])
    assert str(caught.value) == (
        f"Port {taken} on 127.0.0.1 (for the engine) is already taken: stop what listens there, "
        "or choose another with FIRSTLINE_ENGINE_URL."
    )
    assert caught.value.exit_code == 2


def test_a_free_port_is_free_again_after_the_check(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = Address("desk", "127.0.0.1", port, "FIRSTLINE_PORT")
    assert address.is_free()
    assert address.is_free()
    require_free([address])


def test_an_engine_on_another_machine_is_not_ours_to_start() -> None:
    assert local_address("engine", "http://engine.internal:5005", "FIRSTLINE_ENGINE_URL") is None
    found = local_address("engine", "http://127.0.0.1:6005/x", "FIRSTLINE_ENGINE_URL")
    assert found == Address("engine", "127.0.0.1", 6005, "FIRSTLINE_ENGINE_URL")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.3", False), ("", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
