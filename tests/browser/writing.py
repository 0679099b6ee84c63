"""A conversation that an agent has, for tests of writing in it."""

from bot.channel import InboundMessage
from tests.browser.live import LiveAgent, LiveDesk
from tests.desk import DESK


def customer_says(desk: LiveDesk, text: str, key: str) -> None:
    inbound = InboundMessage("web", "t1", "t1", DESK, key, "en", text)
    desk.run(desk.parts.frontdesk.receive_customer_message(inbound))


def claimed(desk: LiveDesk) -> tuple[LiveAgent, str]:
    """Anna has a conversation; its page's address."""
    anna = desk.agent()
    customer_says(desk, "Where is my parcel?", "1")
    anna.claims()
    return anna, f"{desk.url}/inbox/conversations/{desk.conversation().id}"
