"""Files and cards in the inbox: agents see the customer's, and send their own."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channel import Upload
from tests import files
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def from_customer(office: Office, content: bytes, name: str, *, thread: str = "t1") -> str:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    upload = Upload("web", thread, name, name)
    return (await office.parts.frontdesk.receive_file(upload, pieces())).id


async def from_agent(
    agent: AgentBrowser, conversation: str, content: bytes, name: str = "photo.jpg", **changed: str
) -> httpx.Response:
    headers = {"X-CSRF-Token": agent.csrf, "X-File": name, "X-Name": name}
    return await agent.http.post(
        f"/inbox/conversations/{conversation}/files", content=content, headers=headers | changed
    )


async def test_the_agent_sees_what_the_customer_sent(office: Office) -> None:
    agent = await office.hire()
    photo = await from_customer(office, files.JPEG, "<b>photo.jpg")
    bill = await from_customer(office, files.PDF, "bill.pdf")
    conversation = await office.customer_says("", attachments=(photo, bill))
    page = await agent.page(f"/inbox/conversations/{conversation}")
    assert "<bdi>b photo.jpg</bdi>" in page
    assert page.count('<img src="/files/') == 1
    assert "download>" in page
    # In the list there are names where there are no words.
    assert "b photo.jpg, bill.pdf" in await agent.page("/inbox", view="bot")


async def test_the_agent_sends_a_file_without_words(office: Office) -> None:
    agent = await office.hire()
    conversation = await office.customer_says("A person, please")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    kept = await from_agent(agent, conversation, files.PDF, "offer.pdf")
    assert kept.status_code == 201
    fields = {"epoch": await office.epoch(conversation), "key": "r1", "text": ""}
    for _ in range(2):  # a double click
        reply = await agent.act(conversation, "reply", attachment=kept.json()["id"], **fields)
        assert reply.status_code == 200
    said = await office.messages(conversation)
    assert [file["name"] for file in said[-1].attachments or ()] == ["offer.pdf"]
    assert said[-1].author_kind == "agent"
    served = await office.browser().get(kept.json()["url"])
    assert served.content == files.PDF


async def test_a_file_that_is_refused_says_why_in_the_agents_language(office: Office) -> None:
    agent = await office.hire()
    conversation = await office.customer_says("Hello")
    refused = await from_agent(agent, conversation, files.EXE, "photo.png")
    assert refused.status_code == 415
    assert "“photo.png” is not a PNG file" in refused.json()["message"]


async def test_nobody_else_can_upload_or_send_it(office: Office) -> None:
    anna, other = await office.hire(), await office.hire("Ola", desks=["it-help"])
    conversation = await office.customer_says("A person, please")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    assert (await from_agent(other, conversation, files.JPEG)).status_code == 404
    forged = await from_agent(anna, conversation, files.JPEG, **{"X-CSRF-Token": "no"})
    assert forged.status_code == 403
    theirs = await from_customer(office, files.JPEG, "photo.jpg")
    fields = {"epoch": await office.epoch(conversation), "key": "r1", "text": "Look"}
    reply = await anna.act(conversation, "reply", attachment=theirs, **fields)
    assert reply.status_code == 422
    assert "attach it again" in reply.text


async def test_addresses_in_words_are_links_and_nothing_else_is(office: Office) -> None:
    agent = await office.hire()
    words = 'see https://shop.example/a?b=1&c="x" or javascript:alert(1) <i>(http://x.example/).'
    conversation = await office.customer_says(words)
    page = await agent.page(f"/inbox/conversations/{conversation}")
    link = 'target="_blank" rel="noopener noreferrer nofollow">'
    assert f'<a href="https://shop.example/a?b=1&amp;c=" {link}' in page or (
        f'<a href="https://shop.example/a?b=1&amp;c" {link}' in page
    )
    assert f'<a href="http://x.example/" {link}http://x.example/</a>)' in page
    assert 'href="javascript' not in page
    assert "&lt;i&gt;" in page
