"""`python -m tests.browser.slack_pictures`: the pictures of docs/slack.md, drawn anew.

The real service with the fake Slack of the tests; what it sends is drawn by `slack_look` and
photographed with Chromium.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import ARGUMENTS, NAMES
from tests.browser.slack_look import Look
from tests.connectors.slack.agents import AGENTS, card, hire, press, shows, submit
from tests.connectors.slack.fake import FakeSlack, Json, fake_slack
from tests.connectors.slack.office import ADA, OLA, REQUESTS, TRIAGE, Office, open_office
from tests.desk import answer
from tests.files import png

IMAGES = Path("docs/images")
MOST_BYTES = 60_000
FORMS = '\nforms = ["access_request", "hardware_request", "incident_report"]\n'
RANKING = [
    {"name": "it_slow_computer", "confidence": 0.88},
    {"name": "it_vpn", "confidence": 0.04},
]


@asynccontextmanager
async def an_office(language: str) -> AsyncIterator[Office]:
    """A fresh one, whose agents read this language."""
    desks = AGENTS.replace(
        "[customer-care]", f'triage_language = "{language}"{FORMS}[customer-care]'
    )
    with TemporaryDirectory() as folder:
        async with fake_slack() as slack, open_office(slack, Path(folder), desks=desks) as office:
            slack.add_user(OLA, "Ola Nowak", locale="en-US" if language == "en" else "pl-PL")
            if language == "pl":
                slack.add_user(ADA, "Ada Kowalska", locale="pl-PL")
            await hire(office, "Ola")
            yield office


async def ada_asks(office: Office, asked: str, tried: str, then: str) -> str:
    """An answer that does not help, and a person who is wanted; the thread."""
    office.engine.at_once = answer(
        tried, intent="it_slow_computer", answered="utter_it_slow", ranking=RANKING
    )
    ts = await office.slack.post(ADA, REQUESTS, asked)
    await office.slack.wait_for_posts(ts, 2)
    office.engine.at_once = answer(
        handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human"
    )
    await office.slack.post(ADA, REQUESTS, then, thread_ts=ts, parent_user_id=ADA)
    await office.slack.wait_for_posts(ts, 3)
    return ts


async def ola_answers(office: Office, ts: str, post: Json) -> Json:
    """She takes it, looks at the window with a file of the card's thread, and replies."""
    slack = office.slack
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply")
    url = f"{slack.url.removesuffix('/api/')}/files/F0STEPS"
    file = {"id": "F0STEPS", "name": "safe-mode.png", "size": 90, "mode": "hosted"}
    slack.files["F0STEPS"] = png()
    slack.uploads["F0STEPS"] = file | {"url_private_download": url}
    words = "It is the new docking station again."
    share = {"subtype": "file_share", "files": [slack.uploads["F0STEPS"]]}
    await slack.post(OLA, TRIAGE, words, thread_ts=post["ts"], **share)
    await press(office, OLA, post, "reply")
    view: Json = (await slack.wait_for("views.open"))[-1]["view"]
    reply = "Please unplug the docking station, and start it **once** without it."
    boxes = next(b for b in view["blocks"] if b.get("block_id") == "ticked")["element"]["options"]
    ticked = {"selected_options": boxes}
    assert await submit(office, OLA, view, {"value": reply}, ticked=ticked) == {}
    await slack.until(lambda: any(p.get("files") for p in slack.in_thread(ts)), "the file")
    return view


async def the_form(office: Office) -> Json:
    """The window that asks for everything at once."""
    body = {"action_id": "asking.form:it-help:access_request", "block_id": "asking.home"}
    before = len(office.slack.called("views.open"))
    await office.slack.press(ADA, {"ts": "1", "channel": "D0ADA"}, body)
    view: Json = (await office.slack.wait_for("views.open", before + 1))[-1]["view"]
    return view


async def the_home(office: Office) -> Json:
    event = {"type": "app_home_opened", "tab": "home", "user": ADA, "channel": "D0ADA"}
    before = len(office.slack.called("views.publish"))
    await office.slack.event(event)
    found = await office.slack.wait_for("views.publish", before + 1, user_id=ADA)
    view: Json = found[-1]["view"]
    return view


async def shot(browser: Browser, page: str, name: str) -> None:
    """A picture of what was drawn."""
    window = await browser.new_page(viewport={"width": 650, "height": 200})
    await window.set_content(page)
    path = IMAGES / f"slack-{name}.png"
    await window.locator("main").screenshot(path=path)
    await window.close()
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} is larger than {MOST_BYTES} bytes")


def thread_of(slack: FakeSlack, ts: str) -> list[Json]:
    return [post for post in slack.posts if ts in (post["ts"], post.get("thread_ts"))]


def names_in(slack: FakeSlack) -> dict[str, str]:
    people = {user: str(found["real_name"]) for user, found in slack.users.items()}
    return people | {channel: str(found["name"]) for channel, found in slack.channels.items()}


async def in_english(browser: Browser) -> None:
    async with an_office("en") as office:
        slack = office.slack
        look = Look(names_in(slack))
        ts = await ada_asks(
            office,
            "My laptop hangs since this morning",
            "Please restart it and wait for the updates to finish. That takes five minutes.",
            "It hangs again, please get me somebody",
        )
        post = await card(office)
        await shot(browser, look.thread("it-triage", [dict(post)]), "2-card")
        view = await ola_answers(office, ts, post)
        typed = "Please unplug the docking station, and start it **once** without it."
        filled = {"value": typed, "ticked": ["F0STEPS"]}
        await shot(browser, look.modal(view, filled), "3-reply")
        await shot(browser, look.thread("# it-help", thread_of(slack, ts), seen=ts), "1-thread")
        await shot(browser, look.modal(await the_form(office)), "4-form")
        office.engine.at_once = answer("Restart the VPN.", intent="it_vpn")
        await slack.wait_for_posts(await slack.post(ADA, REQUESTS, "VPN asks for a code"))
        await shot(browser, look.home(await the_home(office), "Firstline · Home"), "5-home")


async def in_polish(browser: Browser) -> None:
    async with an_office("pl") as office:
        look = Look(names_in(office.slack), language="pl")
        await ada_asks(
            office,
            "Laptop zawiesza się od rana",
            "Proszę go uruchomić ponownie i poczekać na koniec aktualizacji.",
            "Znowu się zawiesił, proszę o kontakt z kimś",
        )
        await shot(browser, look.thread("it-triage", [dict(await card(office))]), "6-card-polish")


async def main() -> None:
    """All of them."""
    async with async_playwright() as playwright:
        path = next(filter(None, map(shutil.which, NAMES)), None)
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        await in_english(browser)
        await in_polish(browser)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
