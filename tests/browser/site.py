"""A website of somebody else's with our chat on it, and a desk whose bot says one sentence.

No Rasa: these tests are about the widget. The site has another origin than the desk, as in life.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from bot.assembly import Parts
from tests.desk import answer
from tests.server import Server, open_server

ANSWER = "Two working days."
DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
"""
HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title></head>'


@dataclass
class Site:
    """Pages by path, each with its headers; `desk` is where the widget comes from."""

    desk: Server
    loop: asyncio.AbstractEventLoop
    port: int = 0
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)  # what browsers reported, as CSP's report-uri

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def parts(self) -> Parts:
        """The desk's parts; what they do has to be done by `run`."""
        parts: Parts = self.desk.app.state.parts
        return parts

    # `Any`: whatever the coroutine answers.
    def run(self, work: Any) -> Any:
        """Does it in the desk's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def script(self, attributes: str = 'data-desk="customer-care"') -> str:
        return f'<script src="{self.desk.url}/widget.js" {attributes} async></script>'

    def put(self, path: str, body: str, headers: Mapping[str, str] | None = None) -> str:
        """A page with this body; its address."""
        page = body if body.startswith("<!doctype") else f"{HEAD}<body>{body}</body></html>"
        self.pages[path] = (page, dict(headers or {}))
        return f"{self.url}{path}"


@dataclass
class Visit:
    """A browser on one page of the site, and whatever went wrong there."""

    page: Page
    said: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def chat(self) -> Locator:
        return self.page.locator("firstline-chat").first

    def open(self) -> None:
        self.chat.locator(".launcher").click()
        expect(self.chat.locator(".panel")).to_be_visible()

    def write(self, text: str) -> None:
        self.chat.locator("textarea").fill(text)
        self.chat.locator("textarea").press("Enter")

    def ask(self, text: str, reply: str = ANSWER) -> None:
        """Writes, and waits for the bot."""
        before = self.chat.locator(".row.bot").count()
        self.write(text)
        expect(self.chat.locator(".row.bot")).to_have_count(before + 1, timeout=15_000)
        expect(self.chat.locator(".row.bot").last).to_contain_text(reply)


def visit(browser: Browser, address: str, *, wait: bool = True, **context: Any) -> Visit:
    """A new person's browser; waits for the launcher."""
    page = browser.new_context(**({"locale": "en-GB"} | context)).new_page()
    return look(page, address, wait=wait)


def look(page: Page, address: str, *, wait: bool = True) -> Visit:
    """The same person in another tab."""
    found = Visit(page)

    def hear(message: ConsoleMessage) -> None:
        found.said.append(f"{message.type}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.goto(address)
    if wait:
        expect(found.chat.locator(".launcher")).to_be_visible(timeout=15_000)
    return found


@contextmanager
def open_site(folder: Path, desks: str = DESKS, **settings: Any) -> Iterator[Site]:
    """The desk in a loop of its own, and the site beside it."""
    file = folder / "desks.toml"
    file.write_text(desks, "utf-8")
    ready = threading.Event()
    box: dict[str, Any] = {}

    async def serve() -> None:
        stop = asyncio.Event()
        async with open_server(folder, desks_file=file, **settings) as desk:
            desk.engine.at_once = answer(ANSWER)
            box.update(desk=desk, loop=asyncio.get_running_loop(), stop=stop)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(30), "the desk did not start"
    site = Site(box["desk"], box["loop"])
    web = ThreadingHTTPServer(("127.0.0.1", 0), _pages(site))
    site.port = web.server_address[1]
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        web.shutdown()
        web.server_close()
        site.loop.call_soon_threadsafe(box["stop"].set)
        thread.join(30)


def _pages(site: Site) -> type[BaseHTTPRequestHandler]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, headers = site.pages.get(urlsplit(self.path).path, ("", {}))
            body = page.encode()
            self.send_response(200 if page else 404)
            for name, value in ({"content-type": "text/html; charset=utf-8"} | headers).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            site.posted.append(self.rfile.read(length).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Pages
