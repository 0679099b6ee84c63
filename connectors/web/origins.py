"""Which sites may show a desk's chat: checked for the session, and for the line. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.channel import FirstlineError


class DomainNotAllowed(FirstlineError):
    """The page's site is not among the desk's `allowed_domains`."""

    code = "domain_not_allowed"
    status = 403


class Origins:
    """The allowed domains by desk; a desk without any is open to every site."""

    def __init__(self, by_desk: Mapping[str, tuple[str, ...]]) -> None:
        self._by_desk = by_desk

    def check(self, desk: str, headers: Mapping[str, str]) -> None:
        """Raises DomainNotAllowed, which names the site and the desk.

        Browsers tell the truth about `Origin`, and no script of a page can change it. A page of
        the desk itself (the preview, the demo) is always allowed.
        """
        allowed = self._by_desk.get(desk, ())
        origin = headers.get("origin", "")
        if not allowed or is_allowed(origin, allowed) or is_own(origin, headers.get("host", "")):
            return
        raise DomainNotAllowed(desk=desk, domain=site_of(origin))


def is_allowed(origin: str, domains: tuple[str, ...]) -> bool:
    """Whether the origin's host is one of these; `*.shop.example` means any subdomain."""
    host, netloc = hostname(origin), netloc_of(origin)
    if not host:
        return False
    return any(
        any(place.endswith(domain[1:]) for place in (host, netloc))
        if domain.startswith("*.")
        else domain in (host, netloc)
        for domain in domains
    )


def is_own(origin: str, host: str) -> bool:
    """Whether the page is served by the desk itself."""
    return bool(host) and netloc_of(origin) == host.lower()


def site_of(origin: str) -> str:
    """The origin as a person may read it; `null` is what sandboxed frames and files send."""
    return netloc_of(origin)[:200] or (origin[:200] if origin == "null" else "") or "?"


def hostname(origin: str) -> str:
    """The host without its port; empty for what is no web address."""
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def netloc_of(origin: str) -> str:
    """The host with its port."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
