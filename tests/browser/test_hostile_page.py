"""Pages that do everything wrong: nothing of theirs reaches the chat, nothing of ours them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser.site import HEAD, Site, Visit, look, open_site, visit

pytestmark = pytest.mark.browser

RESET = """<style>
* { all: unset !important; display: block !important; position: static !important;
  color: red !important; font: 40px/3 cursive !important; margin: 9px !important;
  width: 50px !important; direction: rtl !important; visibility: hidden !important; }
body * { opacity: .3 !important; transform: rotate(3deg) !important; }
head, script, style { display: none !important; }
button, textarea, input { background: yellow !important; border: 9px dotted blue !important; }
firstline-chat, .panel, .launcher, #panel { display: none !important; z-index: -1 !important;
  left: -9999px !important; }
</style>"""
GLOBALS = """<script>
window.$ = window.jQuery = function () { return []; };
window._ = window.React = window.define = { amd: true };
window.name = "panel"; window.chat = window.texts = window.element = 7;
Array.prototype.evil = function () {}; Object.prototype.evil = "evil"; String.prototype.evil = 1;
Array.prototype.toJSON = Object.prototype.toJSON = function () { return "broken"; };
Array.prototype.reduce = function () { return this[0]; };
Function.prototype.curry = function () {};
Element.prototype.hide = Element.prototype.show = function () {};
Array.prototype.last = Array.prototype.first = Array.prototype.clear = function () { return 1; };
String.prototype.strip = String.prototype.escapeHTML = function () { return ""; };
Date.now = () => 1;
</script>"""
FRAMES = "".join(f'<iframe srcdoc="<p>Frame {n}</p>"></iframe>' for n in range(3))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as running:
        yield running


def looks_like(here: Visit) -> dict[str, list[str]]:
    """How the chat is drawn, property by property."""
    script = """(e) => [".launcher", ".panel", "strong", "textarea", ".bubble"].map((name) => {
      const s = getComputedStyle(e.shadowRoot.querySelector(name));
      return [s.color, s.fontSize, s.fontFamily, s.backgroundColor, s.position, s.opacity,
        s.visibility, s.direction, s.transform, s.display, s.borderTopStyle].join("|"); })"""
    parts: list[str] = here.chat.evaluate(script)
    host: list[str] = here.chat.evaluate(
        "e => { const s = getComputedStyle(e); return [s.position, s.display, s.opacity, s.zIndex, "
        "s.visibility, s.direction, s.transform, s.color, s.right, s.bottom]; }"
    )
    return {"parts": parts, "host": host}


def test_no_rule_of_the_page_reaches_the_chat(site: Site, chromium: Browser, shots: Path) -> None:
    plain = visit(chromium, site.put("/plain", site.script()))
    hostile = visit(chromium, site.put("/reset", f"{RESET}<p>Shop</p>{site.script()}"))
    for here in (plain, hostile):
        here.open()
        here.ask("How long?")
    hostile.page.screenshot(path=shots / "hostile-reset.png")
    assert looks_like(hostile) == looks_like(plain)
    for here in (plain, hostile):
        box = here.chat.locator(".panel").bounding_box()
        assert box is not None
        assert (round(box["width"]), box["x"] > 800) == (388, True)


def test_nothing_of_the_chat_reaches_the_page(site: Site, chromium: Browser) -> None:
    words = (
        '<h1 class="head">Shop</h1><div class="panel" id="panel">Panel</div>'
        '<form><button class="send">Go</button></form>'
    )
    bare = chromium.new_context().new_page()
    bare.goto(site.put("/bare", words))
    here = visit(chromium, site.put("/with", f"{words}{site.script()}"))
    here.open()
    look = """() => [
      [...document.querySelectorAll("h1, .panel, form, button, body, html")].map((e) => {
        const s = getComputedStyle(e);
        const kept = [...s].filter((n) => !/origin$|^height|block-size/.test(n));
        return kept.map((n) => n + s[n]).join();
      }),
      document.adoptedStyleSheets.length, document.styleSheets.length, document.cookie]"""
    assert here.page.evaluate(look) == bare.evaluate(look)
    names = "() => Object.getOwnPropertyNames(window).filter((n) => !/^\\d+$|playwright/i.test(n))"
    assert set(here.page.evaluate(names)) - set(bare.evaluate(names)) == {"Firstline"}


def test_shortcuts_of_the_page_do_not_take_what_is_typed(site: Site, chromium: Browser) -> None:
    keys = (
        "<script>window.keys = []; for (const type of ['keydown', 'keypress', 'keyup']) "
        "document.addEventListener(type, (e) => keys.push(e.key) && e.preventDefault());</script>"
    )
    here = visit(chromium, site.put("/keys", f"{keys}{site.script()}"))
    here.open()
    here.chat.locator("textarea").focus()
    here.page.keyboard.type("how long?")
    here.page.keyboard.press("Enter")
    expect(here.chat.locator(".row.customer")).to_contain_text("how long?")
    here.page.keyboard.press("Escape")
    expect(here.chat.locator(".panel")).to_be_hidden()
    assert set(here.page.evaluate("keys")) <= {"Escape"}  # let go of when the focus is outside
    here.page.keyboard.press("s")  # the focus is on the launcher now
    assert "s" in here.page.evaluate("keys")


def test_patched_prototypes_and_old_globals(site: Site, chromium: Browser) -> None:
    page = f"<!doctype html><html><head>{GLOBALS}</head><body>{site.script()}</body></html>"
    here = visit(chromium, site.put("/globals", page))
    here.open()
    here.ask("One")
    here.page.context.set_offline(True)
    here.write("Kept over a reload")
    kept = here.page.evaluate("localStorage['firstline:customer-care:pending']")
    assert "Kept over a reload" in kept
    assert "broken" not in kept
    here.page.context.set_offline(False)
    expect(here.chat.locator(".row.bot")).to_have_count(2, timeout=20_000)
    here.page.reload()
    expect(here.chat.locator(".row.customer")).to_have_count(2, timeout=15_000)
    assert here.page.evaluate("typeof $") == "function"
    assert here.errors == []


def test_three_frames_a_polish_page_and_a_base_tag(site: Site, chromium: Browser) -> None:
    head = '<!doctype html><html lang="pl-PL"><head><base href="https://elsewhere.invalid/a/b/">'
    page = f"{head}<title>Sklep</title></head><body>{FRAMES}{site.script()}</body></html>"
    here = visit(chromium, site.put("/base", page), locale="en-GB")
    here.open()
    expect(here.chat.locator("textarea")).to_have_attribute("placeholder", "Napisz wiadomość")
    here.ask("Ile trwa dostawa?")
    assert here.page.locator("firstline-chat").count() == 1
    assert here.errors == []


def test_the_script_twice_is_one_chat_and_another_desk_another(
    site: Site, chromium: Browser, shots: Path
) -> None:
    other = site.script('data-desk="it-help" data-language="pl"')
    here = visit(chromium, site.put("/twice", f"{site.script()}{site.script()}{other}{other}"))
    expect(here.page.locator("firstline-chat")).to_have_count(2)
    it = look_at(here, "it-help")
    expect(it.locator(".launcher")).to_be_visible()
    boxes = [
        one.locator(".launcher").bounding_box() for one in (look_at(here, "customer-care"), it)
    ]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] > 1000  # the first of the page is where it always is
    assert boxes[1]["x"] < 100
    here.page.evaluate("Firstline.desk('it-help').open(); Firstline.desk('customer-care').open()")
    expect(it.locator(".head strong")).to_have_text("Pomoc IT")
    for chat in (look_at(here, "customer-care"), it):
        chat.locator("textarea").fill("Hello?")
        chat.locator("textarea").press("Enter")
        expect(chat.locator(".row.bot")).to_have_count(1, timeout=15_000)
    here.page.screenshot(path=shots / "two-desks.png")
    assert here.errors == []


def look_at(here: Visit, desk: str) -> Locator:
    return here.page.locator(f'firstline-chat[data-desk="{desk}"]')


def test_the_pages_first_paint_waits_for_nothing_and_nothing_moves(
    site: Site, chromium: Browser
) -> None:
    words = "<main><h1>Shop</h1>" + "<p>Words that must not move.</p>" * 30 + "</main>"
    page = chromium.new_context().new_page()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((l) => l.getEntries().forEach((e) => "
        "window.shift += e.value)).observe({ type: 'layout-shift', buffered: true })"
    )

    def late(route: Route) -> None:
        time.sleep(4)
        route.continue_()

    page.route("**/widget.js", late)
    page.goto(site.put("/paint", f"{site.script()}{words}"), wait_until="commit")
    expect(page.locator("firstline-chat .launcher")).to_be_visible(timeout=15_000)
    timing = page.evaluate(
        "() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, "
        "ready: performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart, "
        "script: performance.getEntriesByType('resource').find((r) => r.name.endsWith('widget.js'))"
        ".responseEnd, shift: window.shift })"
    )
    assert timing["paint"] < timing["script"] - 1000
    assert timing["ready"] < timing["script"] - 1000
    assert timing["shift"] == 0


def test_where_the_browser_blocks_storage_the_chat_lasts_as_long_as_the_page(
    site: Site, chromium: Browser
) -> None:
    inner = site.put("/inner", site.script())
    frame = f'<iframe src="{inner}" sandbox="allow-scripts" width="900" height="700"></iframe>'
    here = look(chromium.new_context().new_page(), site.put("/outer", frame), wait=False)
    chat = here.page.frame_locator("iframe").locator("firstline-chat")
    chat.locator(".launcher").click()
    for count in (1, 2):
        chat.locator("textarea").fill(f"Hello {count}?")
        chat.locator("textarea").press("Enter")
        expect(chat.locator(".row.bot")).to_have_count(count, timeout=15_000)
    assert any("this browser blocks storage" in line for line in here.said)
    assert here.errors == []


def test_a_desk_that_does_not_exist_is_told_to_owner_and_customer(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/moon", site.script('data-desk="moon"')))
    here.open()
    expect(here.chat.locator(".notice")).to_contain_text("not available right now")
    assert any(line.startswith("error: Firstline:") and "moon" in line for line in here.said)


def test_a_script_tag_without_a_desk_says_what_it_needs(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/none", site.script("")))
    here.open()
    expect(here.chat.locator(".notice")).to_contain_text("not available right now")
    assert any('the script tag needs data-desk="…"' in line for line in here.said)
    assert here.errors == []


def test_a_page_that_may_not_show_the_desk_is_told_so(tmp_path: Path, chromium: Browser) -> None:
    desks = (
        '[shop]\nname = { en = "Shop", pl = "Sklep" }\n[shop.widget]\nallowed_domains = ["{}"]\n'
    )
    with open_site(tmp_path, desks.replace("{}", "shop.example")) as strict:
        here = visit(chromium, strict.put("/", strict.script('data-desk="shop"')))
        here.open()
        expect(here.chat.locator(".notice")).to_contain_text("not available right now")
        told = f"localhost:{strict.port} is not among the allowed_domains of the desk “shop”"
        assert any(told in line for line in here.said)


def test_a_page_that_throws_its_body_away_can_put_the_chat_back(
    site: Site, chromium: Browser
) -> None:
    page = f"{HEAD}<body><h1>One</h1>{site.script()}</body></html>"
    here = visit(chromium, site.put("/turbo", page))
    here.open()
    here.ask("Hello?")
    here.page.evaluate(
        "() => { const chat = document.querySelector('firstline-chat'); "
        "document.body.innerHTML = '<h1>Two</h1>'; document.body.append(chat); }"
    )
    expect(here.chat.locator(".row.bot")).to_have_count(1)
    here.ask("Still here?")
