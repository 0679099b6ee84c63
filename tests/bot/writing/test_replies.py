"""Sending: stopped when the customer has written meanwhile; held so that it can be taken back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import update

from bot.clock import now
from bot.settings import Settings
from bot.timers.models import Timer
from bot.timers.worker import TimerWorker
from bot.writing.models import HeldReply
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    # The test says when time is up: nothing fires by itself meanwhile.
    monkeypatch.setattr(TimerWorker, "sweep", _nothing)
    async with open_office(tmp_path) as opened:
        yield opened


sweep = TimerWorker.sweep


async def _nothing(_: TimerWorker) -> int:
    return 0


async def time_is_up(office: Office) -> None:
    async with office.parts.db.write() as tx:
        await tx.session.execute(update(Timer).values(due_at=now() - timedelta(seconds=1)))
    assert await sweep(office.parts.timers) == 1
    await office.settle()


@pytest_asyncio.fixture
async def anna(office: Office) -> AgentBrowser:
    return await office.hire("Anna")


async def claimed(office: Office, agent: AgentBrowser) -> str:
    conversation = await office.customer_says("Hello?")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def said_by_agents(office: Office, conversation: str) -> list[str]:
    said = await office.messages(conversation)
    return [message.text for message in said if message.author_kind == "agent"]


async def last_seq(office: Office, conversation: str) -> int:
    return (await office.conversation(conversation)).last_seq


async def replies(
    office: Office, agent: AgentBrowser, conversation: str, text: str, **fields: object
) -> int:
    epoch = await office.epoch(conversation)
    fields = {"text": text, "epoch": epoch, "key": text} | fields
    sent = await agent.act(conversation, "reply", **fields)
    return sent.status_code


async def held_id(office: Office, conversation: str) -> str:
    async with office.parts.db.read() as session:
        return (await session.get_one(HeldReply, conversation)).id


async def test_a_reply_is_held_for_five_seconds_where_nobody_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TimerWorker, "sweep", _nothing)
    default = Settings.model_fields["undo_send_seconds"].default
    async with open_office(tmp_path, undo_send_seconds=default) as office:
        anna = await office.hire("Anna")
        conversation = await claimed(office, anna)
        with time_machine.travel(now(), tick=False) as clock:
            assert await replies(office, anna, conversation, "Hi") == 200
            clock.shift(timedelta(seconds=4.9))
            assert await sweep(office.parts.timers) == 0
            assert await said_by_agents(office, conversation) == []
            clock.shift(timedelta(seconds=0.1))
            assert await sweep(office.parts.timers) == 1
        await office.settle()
        assert await said_by_agents(office, conversation) == ["Hi"]


async def test_words_that_came_meanwhile_stop_the_reply_and_are_shown(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    began = await last_seq(office, conversation)
    await office.customer_says("Wait, it is <order> 7!")
    stopped = await anna.act(
        conversation,
        "reply",
        text="Hi",
        epoch=await office.epoch(conversation),
        key="k",
        started=began,
    )
    assert stopped.status_code == 409
    assert stopped.headers["HX-Retarget"] == "#reply-stop"
    assert "Wait, it is &lt;order&gt; 7!" in stopped.text
    assert f'name="anyway" value="{began + 1}"' in stopped.text
    assert await said_by_agents(office, conversation) == []
    await office.customer_says("Sorry, 8.")
    again = await replies(office, anna, conversation, "Hi", started=began, anyway=began + 1)
    assert again == 409, "of this one nothing was shown yet"
    sent = await replies(office, anna, conversation, "Hi", started=began, anyway=began + 2)
    assert sent == 200
    assert await said_by_agents(office, conversation) == ["Hi"]


async def test_without_a_script_the_page_shows_both_and_keeps_the_reply(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    began = await last_seq(office, conversation)
    await office.customer_says("Wait!")
    fields = {"text": "My words", "epoch": await office.epoch(conversation), "started": began}
    page = await anna.post(f"/inbox/conversations/{conversation}/reply", htmx=False, **fields)
    assert page.status_code == 409
    assert "My words</textarea>" in page.text
    assert 'id="send-anyway"' in page.text


async def test_ones_own_words_and_the_desks_are_no_news(office: Office, anna: AgentBrowser) -> None:
    conversation = await claimed(office, anna)
    began = await last_seq(office, conversation)
    assert await replies(office, anna, conversation, "One", started=began) == 200
    assert await replies(office, anna, conversation, "Two", started=began) == 200
    assert await said_by_agents(office, conversation) == ["One", "Two"]


async def holding(office: Office, agent: AgentBrowser, seconds: int = 5) -> str:
    await agent.post("/inbox/undo-time", seconds=seconds)
    return await claimed(office, agent)


async def test_a_held_reply_goes_out_by_itself_once(office: Office, anna: AgentBrowser) -> None:
    conversation = await holding(office, anna)
    assert await replies(office, anna, conversation, "Hi", key="k") == 200
    assert await replies(office, anna, conversation, "Hi", key="k") == 200, "a double click"
    assert await said_by_agents(office, conversation) == []
    assert 'id="held-undo"' in await anna.page(f"/inbox/conversations/{conversation}")
    await time_is_up(office)
    assert await said_by_agents(office, conversation) == ["Hi"]
    assert await replies(office, anna, conversation, "Hi", key="k") == 200
    assert await said_by_agents(office, conversation) == ["Hi"]
    assert 'id="held-undo"' not in await anna.page(f"/inbox/conversations/{conversation}")


async def test_taken_back_it_is_in_the_composer_again(office: Office, anna: AgentBrowser) -> None:
    conversation = await holding(office, anna)
    await replies(office, anna, conversation, "Hi Olaf")
    held = await held_id(office, conversation)
    form = await anna.act(conversation, "held/undo", held=held)
    assert ">Hi Olaf</textarea>" in form.text
    late = await anna.act(conversation, "held/undo", held=held)
    assert late.status_code == 409
    assert (await anna.act(conversation, "held/send", held=held)).status_code == 409
    assert await said_by_agents(office, conversation) == []


async def test_send_now_and_the_next_reply_let_it_go_in_order(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await holding(office, anna)
    await replies(office, anna, conversation, "One")
    await anna.act(conversation, "held/send", held=await held_id(office, conversation))
    assert await said_by_agents(office, conversation) == ["One"]
    await replies(office, anna, conversation, "Two")
    await replies(office, anna, conversation, "Three")
    assert await said_by_agents(office, conversation) == ["One", "Two"]
    await time_is_up(office)
    assert await said_by_agents(office, conversation) == ["One", "Two", "Three"]


async def test_who_closes_after_answering_has_answered(office: Office, anna: AgentBrowser) -> None:
    conversation = await holding(office, anna)
    await replies(office, anna, conversation, "Bye")
    closed = await anna.act(conversation, "close", epoch=await office.epoch(conversation))
    assert closed.status_code == 200
    assert await said_by_agents(office, conversation) == ["Bye"]


async def test_with_another_owner_it_is_refused_and_its_words_are_kept(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await holding(office, anna)
    await replies(office, anna, conversation, "Too late")
    await office.parts.frontdesk.end_conversation("web", "t1", conversation)
    await time_is_up(office)
    assert await said_by_agents(office, conversation) == []
    draft = await anna.http.get(f"/inbox/conversations/{conversation}/draft?kind=reply")
    assert draft.json()["text"] == "Too late"
    assert "changed hands" in draft.json()["problem"]
    assert "stale_send_refused" in await office.events(conversation)


async def test_nobody_takes_back_what_another_agent_wrote(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await holding(office, anna)
    await replies(office, anna, conversation, "Hi")
    piotr = await office.hire("Piotr")
    assert 'id="held-undo"' not in await piotr.page(f"/inbox/conversations/{conversation}")
    refused = await piotr.act(conversation, "held/undo", held=await held_id(office, conversation))
    assert refused.status_code == 409


async def test_the_preview_shows_only_what_the_subset_has(
    office: Office, anna: AgentBrowser
) -> None:
    shown = await anna.post("/inbox/preview", text="**Hi** <img src=x onerror=alert(1)>")
    assert shown.text == "<p><strong>Hi</strong> &lt;img src=x onerror=alert(1)&gt;</p>"


async def test_agents_marks_are_shown_and_customers_stay_signs(
    office: Office, anna: AgentBrowser
) -> None:
    conversation = await claimed(office, anna)
    await office.customer_says("Is it **urgent**?")
    await replies(office, anna, conversation, "It is **not**:\n- one")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "Is it **urgent**?" in page
    assert "<p>It is <strong>not</strong>:</p><ul><li>one</li></ul>" in page
