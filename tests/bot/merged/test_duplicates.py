"""A duplicate on another channel: merged once a lead has put its two customers together."""

import pytest

from bot.conversations.state import Status
from bot.texts import text
from tests.bot.merged.test_pages import comes, lead, office, put_together
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio
__all__ = ["office"]


async def merges(office: Office, ola: AgentBrowser, gone: str, main: str) -> int:
    fields = {"main": main, "epoch": await office.epoch(gone)}
    return (await ola.act(gone, "merge", **fields)).status_code


async def test_customers_who_are_not_together_are_two(office: Office) -> None:
    ola = await lead(office)
    (there, _), (here, _) = await comes(office, "tg", channel="telegram"), await comes(office, "w")
    form = await ola.page(f"/inbox/conversations/{here}/panel/merge")
    assert there not in form
    assert await merges(office, ola, here, there) == 409
    assert (await office.conversation(here)).status is Status.QUEUED


async def test_one_person_on_two_channels_goes_on_where_the_main_one_is(office: Office) -> None:
    ola = await lead(office)
    (there, one), (here, other) = (
        await comes(office, "tg", channel="telegram"),
        await comes(office, "w"),
    )
    await put_together(ola, one, other)
    form = await ola.page(f"/inbox/conversations/{here}/panel/merge")
    assert f'value="{there}"' in form
    assert "Telegram" in form.split(f'value="{there}"')[1].split("</label>")[0]
    assert text("inbox.handling.merge.elsewhere", "en") in form
    assert await merges(office, ola, here, there) == 200
    assert (await office.conversation(here)).closed_as == "merged"
    assert (await office.messages(here))[-1].text == text("merge.closed_for.telegram", "en")
    await ola.act(there, "claim", epoch=await office.epoch(there))
    reply = {"text": "It is on its way", "epoch": await office.epoch(there), "key": "k"}
    assert (await ola.act(there, "reply", **reply)).status_code == 200
    said = (await office.messages(there))[-1]
    assert (said.text, said.channel) == ("It is on its way", "telegram")
    assert all("on its way" not in message.text for message in await office.messages(here))
    await ola.act(there, "close", epoch=await office.epoch(there))
    # Taken apart they are two again, for what comes later; the link stays until it is undone.
    await ola.post(f"/inbox/customers/{other}/split", htmx=False)
    again = (await comes(office, "w"))[0]
    assert again != here, "whoever writes there again is not lost"
    assert await merges(office, ola, again, there) == 409
    assert (await ola.act(here, "unmerge")).status_code == 200


async def test_two_addresses_on_one_channel_name_no_channel(office: Office) -> None:
    ola = await lead(office)
    (there, one), (here, other) = await comes(office, "v"), await comes(office, "w")
    await put_together(ola, one, other)
    form = await ola.page(f"/inbox/conversations/{here}/panel/merge")
    assert text("inbox.handling.merge.elsewhere", "en") not in form
    assert await merges(office, ola, here, there) == 200
    assert (await office.messages(here))[-1].text == text("merge.closed", "en")
