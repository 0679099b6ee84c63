"""The whole story in real browsers: the bot answers, a human takes over, the bot goes on."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.timeout(600)]

PATIENCE_MS = 15_000
NEW_PASSWORD = "correct-horse-battery"
NOTE = "Sounds upset, be kind"


class Customer:
    """Somebody on the shop's page; works the widget by keyboard alone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.chat = page.locator("firstline-chat")

    def open_chat(self) -> None:
        launcher = self.chat.locator(".launcher")
        expect(launcher).to_be_visible()
        launcher.focus()
        self.page.keyboard.press("Enter")
        expect(self.chat.locator("textarea")).to_be_focused()

    def says(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def hears(self, author: str, text: str) -> None:
        row = self.chat.locator(f".row.{author}", has_text=text)
        expect(row.last).to_be_visible(timeout=PATIENCE_MS)


class Agent:
    """Somebody at the inbox."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def sign_in_first_time(self, email: str, password: str) -> None:
        self.page.goto(f"{self.url}/inbox")
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button.primary").click()
        self.page.locator("input[name=old]").fill(password)
        self.page.locator("input[name=new]").fill(NEW_PASSWORD)
        self.page.locator("button.primary").click()
        expect(self.page.locator("#list")).to_be_visible()

    def opens_the_first_waiting(self) -> None:
        self.page.locator("#tab-queue").click()
        self.page.locator("#list a.row").first.click(timeout=PATIENCE_MS)
        expect(self.page.locator("#work #customer")).to_be_visible()

    def does(self, action: str) -> None:
        self.page.locator(f"#do-{action}").click(timeout=PATIENCE_MS)

    def replies(self, text: str) -> None:
        field = self.page.locator("#reply-text")
        field.fill(text)
        field.press("Control+Enter")
        expect(self.page.locator("#entries", has_text=text)).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def customer(chromium: Browser, product: Product) -> Customer:
    page = chromium.new_context(locale="en-GB").new_page()
    page.goto(product.url)
    return Customer(page)


def test_a_bot_answers_a_human_takes_over_three_times_and_the_bot_goes_on(
    chromium: Browser, product: Product, customer: Customer, shots: Path
) -> None:
    agent = Agent(chromium.new_context(locale="en-GB").new_page(), product.url)
    agent.sign_in_first_time(product.agent_email, product.agent_password)

    customer.open_chat()
    customer.says("How long does delivery take?")
    customer.hears("bot", "1-2 working days")
    customer.says("can I pay by card or blik")
    customer.hears("bot", "You can pay by card, BLIK")
    customer.says("Where is my order 10482?")
    customer.hears("bot", "Order 10482 (Sony WH-1000XM5")
    customer.page.screenshot(path=shots / "story-1-bot-answers.png")

    for lap in range(1, 4):
        customer.says("I want to talk to a human")
        customer.hears("system", "need not repeat anything")
        agent.opens_the_first_waiting()
        if lap == 1:
            card = agent.page.locator(".evidence")
            expect(card).to_contain_text("Where is my order")
            expect(card).to_contain_text("10482")
            agent.page.screenshot(path=shots / "story-2-packet.png")
        agent.does("claim")
        customer.hears("system", "First Agent has joined")
        agent.replies(f"Good morning! I am looking into it. ({lap})")
        customer.hears("agent", f"Good morning! I am looking into it. ({lap})")
        if lap == 1:
            leave_a_note(agent)
            agent.page.screenshot(path=shots / "story-3-agent-replied.png")
            customer.page.screenshot(path=shots / "story-3-customer-sees-it.png")
        customer.says(f"Thank you, lap {lap}")
        expect(agent.page.locator("#entries")).to_contain_text(f"Thank you, lap {lap}")
        agent.does("return_to_bot")
        customer.hears("system", "talking with the assistant again")
        customer.says("what is the price of shipping?")
        expect(
            customer.chat.locator(".row.bot", has_text="free for orders from 199")
        ).to_have_count(lap, timeout=PATIENCE_MS)

    assert NOTE not in customer.chat.inner_text()
    said_before = customer.chat.locator(".row").count()
    customer.page.reload()
    expect(customer.chat.locator(".row")).to_have_count(said_before, timeout=PATIENCE_MS)
    assert NOTE not in customer.chat.inner_text()


def leave_a_note(agent: Agent) -> None:
    agent.page.locator(".note-box summary").click()
    agent.page.locator("#note-text").fill(NOTE)
    agent.page.locator(".note-box button").click()
    expect(agent.page.locator("#entries", has_text=NOTE)).to_be_visible(timeout=PATIENCE_MS)


LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "locale": "pl-PL"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_widget_is_clean_for_axe_in_every_look(
    chromium: Browser, product: Product, shots: Path, look: str
) -> None:
    page = chromium.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(product.url)
    customer = Customer(page)
    customer.open_chat()
    polish = look == "phone"
    customer.says("ile trwa dostawa" if polish else "how long does delivery take")
    customer.hears("bot", "1-2 dni robocze" if polish else "1-2 working days")
    page.screenshot(path=shots / f"widget-{look}.png")
    assert Axe().run(page).response["violations"] == []
    assert problems == []


def test_a_long_answer_is_read_from_its_beginning(customer: Customer) -> None:
    customer.open_chat()
    customer.says("how long does delivery take")
    customer.hears("bot", "Was this helpful?")
    asked = customer.chat.locator(".row.customer").bounding_box()
    log = customer.chat.locator(".log").bounding_box()
    assert asked is not None
    assert log is not None
    assert customer.chat.locator(".log").evaluate("log => log.scrollHeight > log.clientHeight")
    assert log["y"] <= asked["y"] < log["y"] + 60
    customer.says("I want to talk to a human")
    customer.hears("system", "passing you on")
    end = customer.chat.locator(".log").evaluate(
        "log => log.scrollHeight - log.scrollTop - log.clientHeight"
    )
    assert end < 2


def test_markup_and_script_are_shown_as_text(
    chromium: Browser, product: Product, customer: Customer
) -> None:
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    customer.open_chat()
    customer.says(attack)
    customer.hears("customer", attack)
    expect(customer.chat.locator(".row.customer img")).to_have_count(0)
    assert customer.page.title() != "owned"


def test_escape_closes_and_gives_the_focus_back(customer: Customer) -> None:
    customer.open_chat()
    customer.page.keyboard.press("Escape")
    expect(customer.chat.locator(".panel")).to_be_hidden()
    expect(customer.chat.locator(".launcher")).to_be_focused()


def test_what_is_written_without_a_connection_goes_out_on_return(
    chromium: Browser, product: Product
) -> None:
    page = chromium.new_context(locale="en-GB").new_page()
    cut = False
    sockets: list[WebSocketRoute] = []

    def between(socket: WebSocketRoute) -> None:
        if cut:
            socket.close(code=1012)
        else:
            socket.connect_to_server()
            sockets.append(socket)

    page.route_web_socket("**/widget/socket", between)
    page.goto(product.url)
    customer = Customer(page)
    customer.open_chat()
    customer.says("how long does delivery take")
    customer.hears("bot", "1-2 working days")
    cut = True
    sockets[-1].close(code=1012)
    expect(customer.chat.locator(".notice")).to_contain_text("No connection")
    customer.says("what is the price of shipping?")
    expect(customer.chat.locator(".state")).to_contain_text("Sending")
    # The answer and whether it helped; nothing else came through.
    expect(customer.chat.locator(".row.bot")).to_have_count(2)
    cut = False
    customer.hears("bot", "free for orders from 199")
    expect(customer.chat.locator(".notice")).to_be_hidden()
    expect(customer.chat.locator(".row.customer", has_text="price of shipping")).to_have_count(1)
