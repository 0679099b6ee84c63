"""Ports that our processes want: who has them, and which setting moves them."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.launcher import LauncherError
from bot.settings import Settings

USAGE_ERROR = 2
LOOPBACK = "127.0.0.1"
BACKLOG = 2048


@dataclass(frozen=True)
class Address:
    """Where one of our processes listens, and the setting that says so."""

    process: str
    host: str
    port: int
    setting: str

    @property
    def url(self) -> str:
        """As another process of this machine reaches it."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def is_free(self) -> bool:
        """Whether a server could listen there now."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError:
                return False
        return True


def desk_address(settings: Settings) -> Address:
    """Where the desk itself listens."""
    return Address("desk", settings.host, settings.port, "FIRSTLINE_PORT")


def local_address(process: str, url: str, setting: str) -> Address | None:
    """The address in a URL setting; None when it is on another machine, so not ours to start."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_loopback(host):
        return None
    return Address(process, host, parts.port or (443 if parts.scheme == "https" else 80), setting)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, reachable from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def free_ports(count: int) -> tuple[int, ...]:
    """Ports on loopback that nobody uses at this moment."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return tuple(int(probe.getsockname()[1]) for probe in probes)


def listen(address: Address) -> socket.socket:
    """A listening socket that children can inherit."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((address.host, address.port))
    opened.listen(BACKLOG)
    return opened


def require_free(addresses: list[Address]) -> None:
    """Raises, naming every port that is taken and the setting that chooses another."""
    taken = [address for address in addresses if not address.is_free()]
    if taken:
        lines = [
            f"Port {address.port} on {address.host} (for the {address.process}) is already taken: "
            f"stop what listens there, or choose another with {address.setting}."
            for address in taken
        ]
        raise LauncherError("\n".join(lines), exit_code=USAGE_ERROR)
