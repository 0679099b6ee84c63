"""Who is there in an agent's day: customers at the widget's protocol, the bot, three keyboards."""

import asyncio
import random
from collections.abc import Callable
from time import monotonic

import httpx
from playwright.sync_api import Browser

from bot.accounts.permissions import Role
from bot.dialogue.turn import TurnAnswer, TurnRequest
from tests.browser.keyboard import Hands
from tests.browser.live import LiveDesk
from tests.desk import answer
from tests.faults.customer import WebCustomer
from tests.faults.evidence import Line

PATIENCE_SECONDS = 25.0
CARE, IT = "customer-care", "it-help"
PASSWORD = "correct-horse-battery"
SECRET = "between-us"  # stands in every note, and may reach no customer
DESKS = f"""
[{CARE}]
name = {{ en = "Customer care", pl = "Obsługa klienta" }}
timezone = "Europe/Warsaw"
[{IT}]
name = {{ en = "IT help", pl = "Pomoc IT" }}
"""
STAFF = {
    "Anna": ("anna@example.com", Role.AGENT, [CARE]),
    "Piotr": ("piotr@example.com", Role.AGENT, [CARE, IT]),
    "Ola": ("ola@example.com", Role.LEAD, [CARE, IT]),
}
POLISH = set("ąćęłńóśźż")
# Words of a customer → the bot's topic and answer.
TOPICS = {
    "order": ("care_order_status", "Order 10482 left our warehouse yesterday."),
    "zamówi": ("care_order_status", "Zamówienie 20771 wyszło wczoraj z magazynu."),
    "take": ("care_delivery_time", "It takes two working days."),
    "charged": ("care_double_charge", "I see one payment of 349 zł."),
    "VPN": ("it_vpn", "Please restart the VPN client."),
    "invoice": ("care_invoice", "The invoice is on its way to your mailbox."),
}


class Bot:
    """The engine; it notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[TurnRequest] = []

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        self.asked.append(request)
        words = request.text or ""
        language = "pl" if POLISH & set(words.lower()) else "en"
        if "person" in words or "człowiek" in words:
            reason = {"reason": "asked_for_human", "details": {"order": "10482"}}
            return answer(replies=[], handoff=reason, intent="talk_to_human", language=language)
        for sign, (intent, told) in TOPICS.items():
            if sign in words:
                return answer(told, intent=intent, language=language)
        return answer("I see.", intent="care_delivery_time", language=language)


class Customer:
    """Somebody at the widget, from the test's own thread; keeps what their page shows."""

    def __init__(self, desk: LiveDesk, web: WebCustomer) -> None:
        self._desk = desk
        self._web = web

    @property
    def web(self) -> WebCustomer:
        return self._web

    @property
    def conversations(self) -> list[str]:
        """Oldest first."""
        return list(self._web.view)

    @property
    def conversation(self) -> str:
        return self.conversations[-1]

    def page(self, conversation: str) -> list[Line]:
        """The conversation, as the customer's page shows it."""
        return list(self._web.view[conversation])

    def says(self, words: str) -> None:
        """It is acknowledged when this returns."""

        async def write() -> None:
            sent = self._web.write(words)
            await _until(lambda: sent.is_settled, f"nobody took {words!r}")

        self._desk.run(write())

    def hears(self, author: str, words: str) -> None:
        def heard() -> bool:
            said = [line for lines in self._web.view.values() for line in lines]
            return any(line.author == author and words in line.text for line in said)

        self._desk.run(_until(heard, f"{author} does not say {words!r}"))

    def asks_for_a_person(self) -> str:
        """The conversation waits in a queue."""
        self.says("I want to talk to a person")
        self.hears("system", "passing you on")
        return self.conversation


async def _until(holds: Callable[[], bool], problem: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < deadline, problem
        await asyncio.sleep(0.02)


class Street:
    """All customers of a day; closed with it."""

    def __init__(self, desk: LiveDesk) -> None:
        self._desk = desk
        self._http: httpx.AsyncClient | None = None
        self.customers: list[Customer] = []

    def comes(self, words: str, answer: str) -> Customer:
        """A new customer who writes and hears the bot."""

        async def come() -> WebCustomer:
            if self._http is None:
                self._http = httpx.AsyncClient(trust_env=False)
            chance = random.Random(len(self.customers))  # noqa: S311
            web = WebCustomer(http=self._http, doors=lambda: [self._desk.url], chance=chance)
            web.open()
            return web

        customer = Customer(self._desk, self._desk.run(come()))
        self.customers.append(customer)
        customer.says(words)
        customer.hears("bot", answer)
        return customer

    def closes(self) -> None:
        async def close() -> None:
            await asyncio.gather(*(customer.web.close() for customer in self.customers))
            if self._http is not None:
                await self._http.aclose()

        self._desk.run(close())


class Day:
    """The desk, its people at their keyboards, and the customers so far."""

    def __init__(self, browser: Browser, desk: LiveDesk) -> None:
        self.desk = desk
        self.bot = Bot()
        desk.server.engine.ask = self.bot.ask  # type: ignore[method-assign]
        self.street = Street(desk)
        self.anna, self.piotr, self.ola = (Hands(browser, desk.url) for _ in STAFF)
        self.ends: dict[str, tuple[str, str | None]] = {}  # conversation → status, whose
        self.did: set[tuple[str, str, str]] = set()  # conversation, event, who

    def begins(self) -> None:
        """Everybody signs in with the one-time password, and is online."""

        async def hire(name: str) -> str:
            email, role, desks = STAFF[name]
            return await self.desk.parts.accounts.add_agent(email, name, desks, role=role)

        for name, hands in zip(STAFF, (self.anna, self.piotr, self.ola), strict=True):
            hands.signs_in(STAFF[name][0], self.desk.run(hire(name)), PASSWORD)
        self.anna.is_now("offline", "End")
        self.anna.is_now("online", "Home")

    def waits(
        self, words: str = "Where is my order 10482?", answer: str = "Order 10482"
    ) -> Customer:
        """A customer has heard the bot and wants a person."""
        customer = self.street.comes(words, answer)
        customer.asks_for_a_person()
        return customer

    def takes(self, hands: Hands, customer: Customer, by: str) -> str:
        """Out of the queue."""
        there = customer.conversation
        hands.opens(there)
        hands.claims()
        customer.hears("system", f"{by} has joined")
        self.did.add((there, "claim", by))
        return there

    def is_closed(self, hands: Hands, customer: Customer, by: str) -> None:
        there = customer.conversation
        hands.closes()
        customer.hears("system", "This conversation is closed")
        self.ends[there] = ("closed", None)
        self.did.add((there, "close", by))
