"""Drafts are kept by the desk, per agent and conversation; no tab overwrites another's words."""

from typing import Any

import pytest
import pytest_asyncio

from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def anna(office: Office) -> AgentBrowser:
    return await office.hire("Anna")


async def claimed(office: Office, agent: AgentBrowser) -> str:
    conversation = await office.customer_says("Hello?")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def typed(agent: AgentBrowser, conversation: str, text: str, **fields: Any) -> Any:
    answer = await agent.act(conversation, "draft", **({"kind": "reply", "text": text} | fields))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_was_typed_is_there_in_the_next_browser(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    await typed(anna, conversation, "  Dear <Ola>,\nI am", started="1")
    await typed(anna, conversation, "Ask Piotr", kind="note")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert ">  Dear &lt;Ola&gt;,\nI am</textarea>" in page
    assert ">Ask Piotr</textarea>" in page
    assert 'name="started" value="1"' in page
    piotr = await office.hire("Piotr")
    assert "Dear" not in await piotr.page(f"/inbox/conversations/{conversation}")


async def test_a_tab_that_began_before_the_other_ones_words_changes_nothing(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    first = await typed(anna, conversation, "One")
    other = await typed(anna, conversation, "Two", base="")
    assert (other["is_other"], other["text"], other["version"]) == (True, "One", first["version"])
    mine = await typed(anna, conversation, "Two", base=first["version"])
    assert not mine["is_other"]
    now = await anna.http.get(f"/inbox/conversations/{conversation}/draft?kind=reply")
    assert (now.json()["text"], now.json()["version"]) == ("Two", mine["version"])


async def test_sending_ends_the_draft_and_a_late_save_does_not_bring_it_back(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    kept = await typed(anna, conversation, "Hi Ola")
    await anna.act(
        conversation, "reply", text="Hi Ola", epoch=await office.epoch(conversation), key="k"
    )
    late = await typed(anna, conversation, "Hi Ola", base=kept["version"])
    assert (late["is_other"], late["text"]) == (True, "")
    assert "Hi Ola</textarea>" not in await anna.page(f"/inbox/conversations/{conversation}")


async def test_a_note_that_was_written_leaves_no_draft(office: Office, anna: AgentBrowser) -> None:
    conversation = await claimed(office, anna)
    await typed(anna, conversation, "Ask Piotr", kind="note")
    await anna.act(conversation, "note", note="Ask Piotr")
    assert "Ask Piotr</textarea>" not in await anna.page(f"/inbox/conversations/{conversation}")


async def test_an_empty_draft_is_none(office: Office, anna: AgentBrowser) -> None:
    conversation = await claimed(office, anna)
    kept = await typed(anna, conversation, "One")
    assert (await typed(anna, conversation, "", base=kept["version"]))["version"] == ""
    assert (await typed(anna, conversation, "Two"))["version"], "and the next one begins anew"


async def test_nobody_keeps_drafts_at_a_desk_of_others_or_without_end(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    stranger = await office.hire("Ola", ["it-help"])
    refused = await stranger.act(conversation, "draft", kind="reply", text="x")
    assert refused.status_code == 404
    too_long = await anna.act(conversation, "draft", kind="reply", text="x" * 100_001)
    assert too_long.status_code == 422
    assert "100001" in too_long.json()["message"]


async def test_an_ended_session_is_an_answer_that_leads_back_to_the_conversation(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    page = f"/inbox/conversations/{conversation}"
    await office.parts.accounts.sign_out(str(anna.http.cookies["firstline_session"]))
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://desk.test{page}"}
    ended = await anna.http.post(f"{page}/draft", data={"text": "x"}, headers=headers)
    assert ended.status_code == 401
    assert ended.headers["HX-Redirect"] == f"/inbox/sign-in?next={page}"


async def test_who_has_the_conversation_no_more_still_sees_what_they_did_not_send(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    await typed(anna, conversation, "Dear <Ola>,\nit comes")
    await anna.act(conversation, "release", epoch=await office.epoch(conversation))
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert 'class="notice unsent"' in page
    assert "Dear &lt;Ola&gt;,\nit comes" in page
    piotr = await office.hire("Piotr")
    assert "it comes" not in await piotr.page(f"/inbox/conversations/{conversation}")
