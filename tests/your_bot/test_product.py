"""The whole product around somebody else's bot: widget, desk, engine, its own actions, inbox."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.product import Product, start_product
from tests.server import Browser
from tests.your_bot.guests import PROJECTS

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("clinic")
    with start_product(folder, FIRSTLINE_BOT_DIR=str(PROJECTS / "clinic")) as running:
        yield running


async def token(product: Product, desk: str) -> str:
    async with httpx.AsyncClient(base_url=product.url, timeout=60) as http:
        response = await http.post("/widget/session", json={"desk": desk})
        return str(response.raise_for_status().json()["token"])


@pytest.mark.asyncio
async def test_a_customer_fills_its_form_and_gets_a_human(clinic: Product) -> None:
    key = await token(clinic, "it-help")
    async with connect(clinic.socket_url) as socket:
        browser = Browser(socket, key)
        await browser.say_hello(desk="it-help", language="pl")
        await browser.write("book a visit with somebody who speaks german")
        asked = await browser.wait_for_message("bot")
        assert asked["text"] == "Monday or Friday?"
        button = next(one for one in asked["buttons"] if one["title"] == "Friday")
        await browser.send(type="choose", id="press-1", seq=asked["seq"], **button)
        assert (await browser.wait_for_message("bot"))["text"] == "What is the matter?"
        await browser.write("my knee hurts")
        assert "Booked for friday" in (await browser.wait_for_message("bot"))["text"]
        await browser.write("what is the weather like")
        assert "konsultant" in (await browser.wait_for_message("system"))["text"].lower()


def test_the_demo_pages_are_there(clinic: Product) -> None:
    for page in ("/", "/it", "/inbox"):
        assert httpx.get(f"{clinic.url}{page}", follow_redirects=True, timeout=60).is_success


def test_its_model_lies_in_the_data_folder(clinic: Product) -> None:
    assert (clinic.data_dir / "bots/clinic/firstline.tar.gz").is_file()
    assert not Path(PROJECTS / "clinic/models").exists()
