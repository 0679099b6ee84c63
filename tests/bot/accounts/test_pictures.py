"""An agent's picture: checked by its content, seen by customers from then on."""

import struct
import zlib
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.accounts.pictures import MAX_BYTES, BadPicture, Pictures, check
from tests.desk import TestDesk, open_desk
from tests.server import open_server


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x20\x60\xa0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2) -> bytes:
    app0 = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    return (
        b"\xff\xd8" + app0 + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(20)
    )


def webp(kind: bytes, body: bytes) -> bytes:
    return (
        b"RIFF"
        + struct.pack("<I", 4 + 8 + len(body))
        + b"WEBP"
        + kind
        + struct.pack("<I", len(body))
        + body
    )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (webp(b"VP8X", bytes(4) + b"\x0f\0\0\x0f\0\0"), "image/webp"),
        (webp(b"VP8L", b"\x2f\x01\x40\0\0" + bytes(8)), "image/webp"),
        (webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a\x10\0\x10\0" + bytes(4)), "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_content(content: bytes, media_type: str) -> None:
    assert check(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00" + bytes(100),
        b"GIF89a" + bytes(50),
        png(5000, 10),
        png(0, 10),
        png()[:20],
        jpeg()[:12],
        b"\xff\xd8\xff" + bytes(100),
        png() + bytes(MAX_BYTES),
    ],
)
def test_whatever_else_it_is_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture):
        check(content)


async def now(desk: TestDesk, agent: Agent) -> Agent:
    async with desk.db.read() as session:
        return await session.get_one(Agent, agent.id)


@pytest.mark.asyncio
async def test_customers_see_the_picture_that_an_agent_has_when_joining(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        pictures = Pictures(desk.db)
        agent = await desk.add_agent()
        await pictures.set(agent.id, png())
        agent = await now(desk, agent)
        receipt = await desk.customer_asks_for_human()
        queued = await desk.conversation(receipt.conversation)
        await desk.handoffs.claim(agent, queued.id, epoch=queued.epoch)
        status = await desk.parts.frontdesk.thread_status("web", "t1")
        assert status is not None
        assert status.agent_picture == agent.picture
        await desk.handoffs.release(agent, queued.id, epoch=queued.epoch + 1)
        status = await desk.parts.frontdesk.thread_status("web", "t1")
        assert status is not None
        assert status.agent_picture is None


@pytest.mark.asyncio
async def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        pictures = Pictures(desk.db)
        agent = await desk.add_agent()
        await pictures.set(agent.id, png())
        first = (await now(desk, agent)).picture
        await pictures.set(agent.id, jpeg())
        second = (await now(desk, agent)).picture
        assert first is not None
        assert second is not None
        assert first != second
        assert await pictures.content(first) is None
        found = await pictures.content(second)
        assert found is not None
        assert found[0] == "image/jpeg"
        await pictures.remove(agent.id)
        assert await pictures.content(second) is None
        assert (await now(desk, agent)).picture is None


@pytest.mark.asyncio
async def test_it_is_served_as_a_picture_and_nothing_else(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        parts = server.app.state.parts
        await parts.accounts.add_agent("anna@example.com", "Anna", ["customer-care"])
        async with parts.db.read() as session:
            agent = (await session.scalars(select(Agent))).one()
        await Pictures(parts.db).set(agent.id, png())
        async with parts.db.read() as session:
            picture = (await session.get_one(Agent, agent.id)).picture
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
            response = await http.get(f"/widget/pictures/{picture}")
            assert response.content == png()
            assert response.headers["content-type"] == "image/png"
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["cross-origin-resource-policy"] == "cross-origin"
            assert "sandbox" in response.headers["content-security-policy"]
            assert (await http.get("/widget/pictures/nobody")).status_code == 404
            assert (await http.get(f"/widget/pictures/{'a' * 300}")).status_code == 404
