"""The corpus of attacks (`xss_payloads.txt`), and the proof that none of them ran in a page."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, Route

CORPUS = Path(__file__).with_name("xss_payloads.txt")
ENEMY = "xss.invalid"
_CHARACTER = re.compile(r"\{U\+([0-9A-F]{4,6})\}")

# Before any script of the page: whatever an attack would call, or the browser would stop, is noted.
_WATCH = """
window.__ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) {
  window[name] = (...what) => { window.__ran.push(`${name}(${what})`); };
}
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  window.__ran.push(`stopped by the policy: ${violatedDirective} ${blockedURI}`);
});
"""
# What no text may have become: handlers, addresses that run, elements that load or run.
_AUDIT = """
() => {
  const found = [];
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      const name = one.localName;
      for (const { name: attribute, value } of one.attributes) {
        if (/^on/i.test(attribute)) found.push(`<${name} ${attribute}="${value}">`);
        if (/^(href|src|action|formaction|data|srcdoc|poster|xlink:href|ping)$/i.test(attribute)) {
          let scheme = value; // a link to what is no address leads nowhere
          try { scheme = new URL(value, location.href).protocol; } catch { /* so it stays */ }
          const isIcon = name === "link" && value === "data:,";
          if (!isIcon && !/^(https?|mailto|tel|blob):/.test(scheme)) {
            found.push(`<${name} ${attribute}="${value}">`);
          }
        }
      }
      const never = /^(iframe|frame|object|embed|base|applet|portal|math|video|audio|marquee)$/;
      if (never.test(name)) found.push(`<${name}>`);
      if (name === "script" && (!one.src || new URL(one.src).origin !== location.origin)) {
        found.push(`<script> ${one.src || one.textContent.slice(0, 80)}`);
      }
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document);
  return found;
}
"""


def payloads() -> list[str]:
    """Every attack, once."""
    lines = CORPUS.read_text("utf-8").split("\n")
    attacks = [line for line in lines if line.strip() and not line.startswith("# ")]
    return [_CHARACTER.sub(lambda found: chr(int(found[1], 16)), line) for line in attacks]


def in_pieces(attacks: list[str], length: int) -> dict[str, list[str]]:
    """Texts no longer than `length` with several attacks in each, none of them cut."""
    pieces: dict[str, list[str]] = {}
    inside: list[str] = []
    for attack in attacks:
        if len(attack) > length:
            continue
        if inside and len("\n".join([*inside, attack])) > length:
            pieces["\n".join(inside)] = inside
            inside = []
        inside = [*inside, attack]
    return {**pieces, "\n".join(inside): inside}


class Watch:
    """Looks at every page of a context. Make it before the first page."""

    def __init__(self, context: BrowserContext) -> None:
        self._problems: list[str] = []
        context.add_init_script(_WATCH)
        context.route(re.compile(re.escape(ENEMY)), self._stop)
        context.on("dialog", lambda dialog: self._note(f"a dialog: {dialog.message}"))
        context.on("weberror", lambda error: self._note(f"an error: {error.error}"))
        context.on("page", self._look_at)

    def _look_at(self, page: Page) -> None:
        page.on("framenavigated", lambda frame: self._check_address(frame.url))

    def _stop(self, route: Route, request: Request) -> None:
        self._note(f"it loads {request.url}")
        route.abort()

    def _check_address(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "about:blank")):
            self._note(f"the page went to {url}")

    def _note(self, problem: str) -> None:
        self._problems.append(problem)

    def assert_nothing_ran(self, page: Page) -> None:
        """In this page, until now: nothing called, loaded, stopped, or turned into markup."""
        page.wait_for_timeout(100)  # what loads and fails has its events
        ran: list[Any] = page.evaluate("() => window.__ran")
        assert ran == [], f"{len(ran)} ran, the first: {ran[:3]}"
        assert self._problems == [], self._problems[:5]
        made = page.evaluate(_AUDIT)
        assert made == [], f"{len(made)} became markup, the first: {made[:3]}"
