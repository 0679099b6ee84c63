"""One widget in one fresh browser: requests, times, memory."""

import statistics
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.widgets.peers import Widget

SETTLE_MS = 1500
PATIENCE_MS = 60_000
QUESTION = "How long does delivery take?"

# From the click to a field that takes words, looked at in every frame.
CLICK_TO_READY = """
async ([launcher, field]) => {
  const deep = (path, root = document) => {
    const [first, ...rest] = path.split(" ");
    for (const found of root.querySelectorAll(first)) {
      if (!rest.length) return found;
      const inner = deep(rest.join(" "), found.shadowRoot ?? found);
      if (inner) return inner;
    }
    return null;
  };
  const began = performance.now();
  if (launcher) deep(launcher).click();
  for (;;) {
    const one = deep(field);
    if (one && one.getClientRects().length && !one.disabled) return performance.now() - began;
    if (performance.now() - began > 30_000) return null;
    await new Promise(requestAnimationFrame);
  }
}
"""


# Asks again and again, as a page's script can: a keyboard from outside would take minutes.
TALK = """
async ([field, answer, times, question, method]) => {
  const all = (path, root = document) => {
    const [first, ...rest] = path.split(" ");
    const found = [...root.querySelectorAll(first)];
    if (!rest.length) return found;
    return found.flatMap(one => all(rest.join(" "), one.shadowRoot ?? one));
  };
  const press = one => {
    const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(one), "value");
    set.call(one, question);
    const how = { bubbles: true, composed: true, cancelable: true };
    one.dispatchEvent(new Event("input", how));
    const enter = { ...how, key: "Enter", code: "Enter", keyCode: 13, which: 13 };
    for (const kind of ["keydown", "keypress", "keyup"]) {
      one.dispatchEvent(new KeyboardEvent(kind, enter));
    }
  };
  for (let said = 2; said <= times; said++) {
    await new Promise(after => setTimeout(after, 30)); // some take nothing while they draw
    const [element, name] = method?.split(".") ?? [];
    if (method) document.querySelector(element)[name]({ text: question });
    else press(all(field)[0]);
    const began = performance.now();
    while (all(answer).length < said) {
      if (performance.now() - began > 30_000) return said;
      await new Promise(requestAnimationFrame);
    }
  }
  return 0;
}
"""


class Visit:
    """A page with the widget on it, and what its network and its memory did."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.devtools: CDPSession = self.context.new_cdp_session(self.page)
        self.requests: list[str] = []
        self.bytes = 0.0
        self.devtools.send("Network.enable")
        self.devtools.send("Performance.enable")
        self.devtools.on("Network.requestWillBeSent", self._requested)
        self.devtools.on("Network.webSocketCreated", self._requested)
        self.devtools.on("Network.loadingFinished", self._loaded)
        self.page.goto(address)

    def _requested(self, event: dict[str, Any]) -> None:
        self.requests.append(str(event.get("url") or event["request"]["url"]))

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def heap_mb(self) -> float:
        """What JavaScript holds after a thorough tidying up."""
        for _ in range(2):
            self.devtools.send("HeapProfiler.collectGarbage")
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return float({m["name"]: m["value"] for m in metrics}["JSHeapUsedSize"]) / 1e6

    def nodes(self) -> int:
        """Elements and texts of the document, those of shadow roots too."""
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return int({m["name"]: m["value"] for m in metrics}["Nodes"])

    def close(self) -> None:
        """Forgets everything."""
        self.context.close()


def ask(page: Page, widget: Widget, answers: int) -> None:
    """Sends a question and waits until there are so many answers."""
    field = page.locator(widget.field)
    if field.evaluate("one => one.isContentEditable"):
        field.click()
        page.keyboard.insert_text(QUESTION)
    else:
        field.fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(widget.answer).nth(answers - 1).wait_for(timeout=PATIENCE_MS)


# `Any`: measurements for the JSON file.
def before_opening(browser: Browser, widget: Widget, address: str) -> dict[str, Any]:
    """What a page costs its visitor who never opens the chat."""
    visit = Visit(browser, address)
    visit.page.wait_for_timeout(SETTLE_MS)
    found = {
        "requests": len(visit.requests) - 1,  # the page itself
        "kb": visit.bytes / 1e3,
        "heap_mb": visit.heap_mb(),
    }
    visit.close()
    return found


def opening(browser: Browser, widget: Widget, address: str, *, times: int) -> dict[str, Any]:
    """Click to ready, and from Enter to the first answer, each time in a fresh browser profile."""
    ready, answered = [], []
    for _ in range(times):
        visit = Visit(browser, address)
        visit.page.wait_for_timeout(SETTLE_MS)
        took = visit.page.evaluate(CLICK_TO_READY, [widget.launcher, widget.field])
        if took is None:
            raise SystemExit(f"{widget.name} does not open: {address}")
        ready.append(float(took))
        began = visit.page.evaluate("performance.now()")
        ask(visit.page, widget, 1)
        answered.append(float(visit.page.evaluate("performance.now()")) - float(began))
        visit.close()
    is_clicked = widget.launcher is not None
    return {
        "ready_ms": statistics.median(ready) if is_clicked else None,
        "answer_ms": statistics.median(answered),
    }


def memory(browser: Browser, widget: Widget, address: str, *, messages: int) -> dict[str, Any]:
    """The page's heap after so many messages, half of them answers."""
    visit = Visit(browser, address)
    visit.page.wait_for_timeout(SETTLE_MS)
    visit.page.evaluate(CLICK_TO_READY, [widget.launcher, widget.field])
    ask(visit.page, widget, 1)
    wish = [widget.field, widget.answer, messages // 2, QUESTION, widget.method]
    failed = visit.page.evaluate(TALK, wish)
    found = {
        "heap_mb": None if failed else visit.heap_mb(),
        "nodes": None if failed else visit.nodes(),
        "went_silent_at": failed or None,
    }
    visit.close()
    return found
