"""What agents look like: one small picture each, checked by its content, never by its name."""

import secrets
import struct
from collections.abc import Callable

from bot.accounts import repository
from bot.accounts.errors import NoSuchAgent
from bot.accounts.models import AgentPicture
from bot.db import Database, Transaction
from bot.errors import FirstlineError

MAX_BYTES = 200_000
MAX_PIXELS = 2048
ID_BYTES = 16

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# Markers of a JPEG that say how large it is (start of frame), and those that carry no length.
FRAMES = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
BARE = frozenset({0x01, *range(0xD0, 0xD9)})


class BadPicture(FirstlineError):
    """Too big, or nothing that we show."""

    code = "bad_picture"
    status = 422

    def __init__(self) -> None:
        super().__init__(limit=MAX_BYTES // 1000, pixels=MAX_PIXELS)


class Pictures:
    """Keeps and serves them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def set(self, agent_id: str, content: bytes) -> None:
        """The agent looks like this from now on; raises BadPicture or NoSuchAgent."""
        media_type = check(content)
        picture_id = secrets.token_urlsafe(ID_BYTES)

        async def keep(tx: Transaction) -> None:
            agent = await repository.get_agent(tx.session, agent_id)
            if agent is None:
                raise NoSuchAgent(email="")
            await repository.drop_picture(tx.session, agent_id)
            tx.session.add(
                AgentPicture(
                    id=picture_id, agent_id=agent_id, media_type=media_type, content=content
                )
            )
            agent.picture = picture_id

        await self._db.attempt(keep)

    async def remove(self, agent_id: str) -> None:
        """Back to initials; the address of the old one leads nowhere."""

        async def remove(tx: Transaction) -> None:
            agent = await repository.get_agent(tx.session, agent_id)
            if agent is not None:
                await repository.drop_picture(tx.session, agent_id)
                agent.picture = None

        await self._db.attempt(remove)

    async def content(self, picture_id: str) -> tuple[str, bytes] | None:
        """Media type and content of the picture under this id."""
        async with self._db.read() as session:
            found = await repository.picture(session, picture_id)
        return None if found is None else (found.media_type, found.content)


async def change_picture(database_url: str, email: str, content: bytes | None) -> None:
    """For the command line; None removes it. Raises BadPicture or NoSuchAgent."""
    db = Database(database_url)
    try:
        async with db.read() as session:
            agent = await repository.find_agent(session, email)
        if agent is None:
            raise NoSuchAgent(email=email)
        pictures = Pictures(db)
        await (pictures.remove(agent.id) if content is None else pictures.set(agent.id, content))
    finally:
        await db.close()


def check(content: bytes) -> str:
    """The media type of a picture that browsers may be given; raises BadPicture."""
    if len(content) > MAX_BYTES:
        raise BadPicture
    for media_type, measure in MEASURES.items():
        size = measure(content)
        if size is not None and all(0 < side <= MAX_PIXELS for side in size):
            return media_type
    raise BadPicture


def _png(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(PNG) or content[12:16] != b"IHDR" or len(content) < 33:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(JPEG):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 if marker in BARE else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            return (
                1 + int.from_bytes(content[24:27], "little"),
                1 + int.from_bytes(content[27:30], "little"),
            )
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return None


MEASURES: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
