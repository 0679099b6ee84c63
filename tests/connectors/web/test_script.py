"""The script as browsers get it: small, and the same in every encoding."""

import gzip
from pathlib import Path

import httpx
import pytest

from bot.main import FRONTEND
from connectors.web.script import script_in
from tests.server import Server

BUDGET = 20 * 1024


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br;q=0.5", "br"),
        ("identity", None),
        ("brr, xgzip", None),
        ("", None),
    ],
)
def test_the_best_encoding_that_is_taken(
    tmp_path: Path, accepted: str, encoding: str | None
) -> None:
    for suffix in ("", ".gz", ".br"):
        (tmp_path / f"widget.js{suffix}").write_text("x")
    response = script_in(tmp_path / "widget.js", accepted)
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"


def test_what_was_not_packed_is_served_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "widget.js").write_text("x")
    assert "content-encoding" not in script_in(tmp_path / "widget.js", "br, gzip").headers


@pytest.mark.asyncio
async def test_the_script_stays_within_its_budget_and_unpacks_to_itself(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        packed = await http.get("/widget.js", headers={"accept-encoding": "gzip"})
        plain = await http.get("/widget.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == (FRONTEND / "widget.js").read_bytes()
    assert int(packed.headers["content-length"]) <= BUDGET
    assert len(gzip.compress(plain.content)) <= BUDGET


@pytest.mark.asyncio
async def test_what_comes_with_its_first_use_may_be_read_by_any_site_and_kept(
    server: Server,
) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        more = await http.get("/widget/more.js", params={"v": "x"})
    assert more.status_code == 200
    assert more.headers["access-control-allow-origin"] == "*"
    assert "immutable" in more.headers["cache-control"]
    assert int(more.headers["content-length"]) <= BUDGET
