"""The survey's frames over a real socket."""

from typing import Any

import pytest

from tests.server import Browser, Server

pytestmark = pytest.mark.asyncio


async def ended(browser: Browser) -> dict[str, Any]:
    """A conversation with the bot that the customer ends: the survey that follows."""
    await browser.write("Hello?")
    said = await browser.wait_for_message("bot")
    await browser.send(type="end", conversation=said["conversation"])
    await browser.wait_for("status", status="closed")
    return await browser.wait_for("survey")


async def test_after_the_end_the_survey_is_offered_and_taken_once(server: Server) -> None:
    async with server.browser() as browser:
        survey = await ended(browser)
        assert survey["parts"] == ["bot"]
        assert survey["until"]
        frame = {"type": "rate", "id": "r1", "conversation": survey["conversation"]}
        await browser.send(**frame, scores={"bot": 5}, comment="Quick")
        assert not (await browser.wait_for("rated", id="r1"))["duplicate"]
        await browser.send(**frame, scores={"bot": 1}, comment="")
        assert (await browser.wait_for("rated", id="r1"))["duplicate"]


async def test_it_survives_a_reload_until_another_tab_has_answered(server: Server) -> None:
    token = await server.token()
    async with server.browser(token) as browser:
        survey = await ended(browser)
        async with server.browser(token) as reloaded:
            assert (await reloaded.wait_for("survey"))["parts"] == ["bot"]
            there = survey["conversation"]
            await browser.send(type="rate", id="r1", conversation=there, scores={"bot": 3})
            assert (await reloaded.wait_for("survey"))["parts"] == []
    async with server.browser(token) as later:
        assert (await later.wait_for("survey"))["parts"] == []


async def test_ending_what_is_not_open_changes_nothing(server: Server) -> None:
    async with server.browser() as browser:
        await browser.write("Hello?")
        await browser.wait_for_message("bot")
        await browser.send(type="end", conversation="somebody else's")
        assert (await browser.wait_for("status"))["status"] == "bot"


@pytest.mark.parametrize(
    "fields",
    [
        {"scores": {}},
        {"scores": 5},
        {"scores": {"bot": "5"}},
        {"scores": {"bot": True}},
        {"scores": {"bot": 1, "human": 1, "boss": 1}},
        {"scores": {"bot": 5}, "comment": 7},
        {"scores": {"bot": 5}, "comment": "x" * 5000},
        {"scores": {"bot": 9}},
        {"scores": {"human": 5}},
        {"scores": {"bot": 5}, "conversation": "somebody else's"},
    ],
)
async def test_what_is_no_rating_is_refused_with_its_id(
    server: Server, fields: dict[str, Any]
) -> None:
    async with server.browser() as browser:
        survey = await ended(browser)
        frame = {"type": "rate", "id": "r1", "conversation": survey["conversation"]}
        await browser.send(**(frame | fields))
        refusal = await browser.wait_for("error", id="r1")
        assert refusal["code"] in ("bad_frame", "bad_rating", "not_found")
