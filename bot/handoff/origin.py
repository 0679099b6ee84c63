"""Where a customer wrote from: the page and the browser, as an agent can read them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

# The first that matches names it: Edge and Opera also claim to be Chrome, Chrome to be Safari.
BROWSERS = (
    ("Edge", re.compile(r"Edg(?:A|iOS)?/(\d+)")),
    ("Opera", re.compile(r"OPR/(\d+)")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/")),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Page:
    """The page that the customer wrote from; `link` only when it is safe to follow."""

    title: str
    link: str | None
    referrer: str | None


def page_of(context: Mapping[str, str]) -> Page | None:
    """The page in what the channel told us; None when it told nothing."""
    url, title = context.get("url", ""), context.get("title", "")
    if not url and not title:
        return None
    return Page(title or url, safe_link(url), context.get("referrer") or None)


def safe_link(url: str | None) -> str | None:
    """The address when a browser may follow it: http or https with a host, nothing else."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    is_web = parts.scheme.lower() in ("http", "https") and bool(parts.netloc)
    return parts.geturl() if is_web else None


def device_of(user_agent: str | None) -> str | None:
    """«phone», «tablet» or «computer»; None when nothing is known."""
    if not user_agent:
        return None
    if "iPad" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return "tablet"
    return "phone" if "Mobile" in user_agent or "iPhone" in user_agent else "computer"


def browser_in_words(user_agent: str | None) -> str | None:
    """Such as “Firefox 133, Windows”; whatever we do not recognise is given as it came."""
    if not user_agent:
        return None
    name = next(
        (
            f"{name} {found.group(1)}"
            for name, pattern in BROWSERS
            if (found := pattern.search(user_agent))
        ),
        None,
    )
    system = next((words for sign, words in SYSTEMS if sign in user_agent), None)
    return ", ".join(filter(None, (name, system))) if name else user_agent[:120]
