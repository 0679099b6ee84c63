"""Another model under the whole product with the real engine, while a customer writes."""

import asyncio
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from bot.launcher.models import Models, model_id
from tests.processes import newest_model
from tests.product import Product, start_product
from tests.server import Browser

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def renamed(model: Path, name: str, to: Path) -> Path:
    """The same model under another id: as good as newly trained, in a second."""
    with tarfile.open(model) as source, tarfile.open(to, "w:gz", compresslevel=1) as target:
        for member in source:
            content = source.extractfile(member)
            if content is not None and member.name == "metadata.json":
                raw = json.dumps(json.load(content) | {"model_id": name}).encode()
                member.size, content = len(raw), io.BytesIO(raw)
            target.addfile(member, content)
    return to


async def use(product: Product, what: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("firstline")), "model", "use", str(what)]
    run = await asyncio.create_subprocess_exec(
        *command, env=product.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = await run.communicate()
    return run.returncode or 0, output.decode()


async def answered_meanwhile(product: Product, new: Path) -> int:
    """A customer greets and waits for the answer, over and over, until the new model answers."""
    async with httpx.AsyncClient(base_url=product.url, timeout=60) as http:
        session = await http.post("/widget/session", json={"desk": "customer-care"})
    token = str(session.raise_for_status().json()["token"])
    swapping = asyncio.create_task(use(product, new))
    count = 0
    async with connect(product.socket_url) as line:
        browser = Browser(line, token)
        await browser.say_hello()
        while not swapping.done() or count < 3:
            await browser.write(("hello", "how much is delivery?", "good morning")[count % 3])
            assert (await browser.wait_for_message("bot"))["author"]["kind"] == "bot"
            count += 1
            await asyncio.sleep(0.7)
        statuses = {frame["status"] for frame in browser.received if frame["type"] == "status"}
    code, said = await swapping
    assert code == 0, said
    assert statuses <= {"bot"}, "a turn was lost: the conversation went to a human"
    return count


def test_no_customer_notices(tmp_path: Path) -> None:
    models = Models(tmp_path / "models/firstline.tar.gz")
    models.in_use.parent.mkdir()
    models.use(str(newest_model()), seen_from=tmp_path)  # chosen: nothing is trained
    new = renamed(newest_model(), "f" * 32, tmp_path / "new.tar.gz")
    places = {"FIRSTLINE_MODELS_DIR": str(models.in_use.parent)}
    with start_product(tmp_path / "var", **places) as product:
        count = asyncio.run(answered_meanwhile(product, new))
        said = httpx.get(f"{product.url}/readyz", timeout=10).json()
        assert said["engine"]["model"] == "f" * 32
    assert count > 5
    assert model_id(models.in_use) == "f" * 32
