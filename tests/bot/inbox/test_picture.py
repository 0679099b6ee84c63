"""The page on which agents choose their picture."""

import pytest

from bot.accounts.models import Agent
from bot.accounts.pictures import MAX_BYTES
from tests.bot.accounts.test_pictures import jpeg, png
from tests.inbox import AgentBrowser, Office

PAGE = "/inbox/picture"


async def upload(anna: AgentBrowser, content: bytes, **headers: str) -> int:
    response = await anna.http.post(
        PAGE,
        data={"csrf": anna.csrf},
        files={"picture": ("me.png", content, "image/png")},
        headers=headers,
    )
    return response.status_code


@pytest.mark.asyncio
async def test_a_picture_is_chosen_shown_and_removed(office: Office) -> None:
    anna = await office.hire()
    assert "/inbox/picture/now" not in await anna.page(PAGE)
    assert await upload(anna, png()) == 303
    assert "/inbox/picture/now" in await anna.page(PAGE)
    shown = await anna.http.get(f"{PAGE}/now")
    assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
    assert await upload(anna, jpeg()) == 303
    assert (await anna.http.get(f"{PAGE}/now")).headers["content-type"] == "image/jpeg"
    removed = await anna.post(PAGE, htmx=False, remove="1")
    assert removed.status_code == 303
    assert (await anna.http.get(f"{PAGE}/now")).status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00 an executable", png() + bytes(MAX_BYTES), b"<svg onload=alert(1)>"],
)
@pytest.mark.asyncio
async def test_what_is_no_small_picture_is_refused_with_what_to_do(
    office: Office, content: bytes
) -> None:
    anna = await office.hire()
    response = await anna.http.post(
        PAGE, data={"csrf": anna.csrf}, files={"picture": ("me.png", content, "image/png")}
    )
    assert response.status_code == 422
    assert "PNG, JPEG or WebP picture of at most 200 kB" in response.text
    async with office.parts.db.read() as session:
        assert (await session.get_one(Agent, anna.agent.id)).picture is None


@pytest.mark.asyncio
async def test_another_site_cannot_change_it(office: Office) -> None:
    anna = await office.hire()
    assert await upload(anna, png(), origin="https://evil.example") == 403
    forged = await anna.http.post(PAGE, files={"picture": ("me.png", png(), "image/png")})
    assert forged.status_code == 403
    assert (await office.browser().get(PAGE)).status_code == 303
