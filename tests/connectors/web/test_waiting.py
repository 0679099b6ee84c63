"""What a widget hears and may do while its customer waits for a person."""

from pathlib import Path

import pytest

from tests.desk import answer
from tests.server import Browser, Server, open_server


async def wait_in_the_queue(server: Server, browser: Browser) -> None:
    server.engine.at_once = answer(
        "On its way.", intent="care_order_status", slots={"order_number": "10482"}
    )
    await browser.write("Where is my order 10482?")
    await browser.wait_for_message("bot")
    await browser.send(type="human", id="human")
    await browser.wait_for("status", status="queued")


@pytest.mark.asyncio
async def test_the_receipt_and_the_place_come_and_come_again_after_a_reload(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        token = await server.token()
        async with server.browser(token) as browser:
            await wait_in_the_queue(server, browser)
            receipt = await browser.wait_for("receipt")
            assert receipt["reason"] == "You asked for a person"
            assert receipt["asked"] == "Where is my order 10482?"
            assert receipt["facts"] == [
                {
                    "name": "order_number",
                    "label": "Order number",
                    "value": "10482",
                    "corrected": False,
                    "open": True,
                }
            ]
            place = await browser.wait_for("place")
            assert (place["place"], place["minutes"]) == (1, None)
            async with server.browser(token) as other_tab:
                assert (await other_tab.wait_for("receipt"))["facts"] == receipt["facts"]
                assert (await other_tab.wait_for("place"))["place"] == 1


@pytest.mark.asyncio
async def test_the_receipt_speaks_as_the_chat_around_it(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        token = await server.token()
        async with (
            server.browser(token) as english,
            server.browser(token, language="pl") as polish,
        ):
            await wait_in_the_queue(server, english)
            told = await english.wait_for("receipt")
            assert (told["reason"], told["facts"][0]["label"]) == (
                "You asked for a person",
                "Order number",
            )
            told = await polish.wait_for("receipt")
            assert (told["reason"], told["facts"][0]["label"]) == (
                "Prośba o rozmowę z człowiekiem",
                "Numer zamówienia",
            )
            await english.send(type="language", language="pl")
            told = await english.wait_for("receipt")
            assert told["facts"][0]["label"] == "Numer zamówienia"


@pytest.mark.asyncio
async def test_a_correction_is_seen_in_every_tab(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        token = await server.token()
        async with server.browser(token) as browser, server.browser(token) as other_tab:
            await wait_in_the_queue(server, browser)
            await other_tab.wait_for("receipt")
            await browser.send(type="correct", id="c1", name="order_number", value="10483")
            answered = await browser.wait_for("receipt", id="c1")
            assert answered["facts"][0]["value"] == "10483"
            assert answered["facts"][0]["corrected"] is True
            assert (await other_tab.wait_for("receipt"))["facts"] == answered["facts"]


@pytest.mark.asyncio
async def test_back_to_the_bot(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server, server.browser() as browser:
        await wait_in_the_queue(server, browser)
        await browser.send(type="back_to_bot", id="back")
        await browser.wait_for("ack", id="back")
        await browser.write("And how long does it take?")
        said = await browser.wait_for_message("bot")
        assert said["text"] == "On its way."
        await browser.send(type="back_to_bot", id="again")
        refusal = await browser.wait_for("error", id="again")
        assert refusal["code"] == "illegal_transition"


@pytest.mark.asyncio
async def test_a_message_is_left_with_a_contact(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server, server.browser(language="pl") as browser:
        await browser.send(type="leave", id="l0", contact="nowhere", name="", text="Hello")
        refusal = await browser.wait_for("error", id="l0")
        assert refusal["code"] == "bad_contact"
        assert "adres e-mail" in refusal["message"]
        left = {"contact": "ola@example.com", "name": "Ola", "text": "Broken"}
        await browser.send(type="leave", id="l1", **left)
        receipt = await browser.wait_for("receipt")
        await browser.send(type="leave", id="l1", **left)
        await browser.wait_for("ack", id="l1", duplicate=True)
        assert receipt["reason"] == "Zostawiona wiadomość"
        assert [fact["value"] for fact in receipt["facts"]] == ["ola@example.com"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "leave", "id": "x"}, "bad_frame"),
        ({"type": "leave", "id": "x", "contact": "a" * 201}, "bad_frame"),
        ({"type": "leave", "id": "x", "contact": "a@b.pl", "name": "n" * 101}, "bad_frame"),
        ({"type": "leave", "id": "x", "contact": "a@b.pl", "text": "t" * 4001}, "too_long"),
        ({"type": "leave", "id": "x", "contact": "a@b.pl", "text": 1}, "bad_frame"),
        ({"type": "correct", "id": "x", "name": "order_number"}, "bad_frame"),
        ({"type": "correct", "id": "x", "name": "order_number", "value": "v" * 501}, "bad_frame"),
        ({"type": "correct", "id": "x", "name": "order_number", "value": "1"}, "not_found"),
        ({"type": "back_to_bot"}, "bad_frame"),
    ],
)
@pytest.mark.asyncio
async def test_bad_frames_are_refused_and_the_line_goes_on(
    tmp_path: Path, frame: dict[str, object], code: str
) -> None:
    async with open_server(tmp_path) as server, server.browser() as browser:
        await browser.send(**frame)
        assert (await browser.wait_for("error"))["code"] == code
        await browser.send(type="ping")
        await browser.wait_for("pong")
