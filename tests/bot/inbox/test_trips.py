"""How often an open page asks the database: each trip waits for its turn in a busy process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.records.models import FieldValue
from tests.bot.inbox.test_window import news
from tests.inbox import Office

pytestmark = pytest.mark.asyncio


@contextmanager
def trips() -> Iterator[list[str]]:
    """What the database is asked within, but for how transactions begin; by this task alone:
    the desk's own work goes on beside it.
    """
    asked: list[str] = []
    here = asyncio.current_task()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if asyncio.current_task() is here and not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_the_customers_words_are_on_the_agents_page_after_a_dozen_trips(
    office: Office,
) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    page = await anna.page(f"/inbox/conversations/{conversation}")
    await office.customer_says("Are you there?", external_id="m2")
    with trips() as asked:
        html = await news(anna, conversation, page)
    assert "Are you there?" in html
    assert len(asked) <= 12, "\n".join(asked)


async def test_the_form_comes_back_without_the_page_around_it(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "claim", epoch=epoch)
    with trips() as asked:
        response = await anna.act(conversation, "reply", text="Yes", epoch=epoch + 1, key="k1")
    assert 'id="reply-text"' in response.text
    assert len(asked) <= 18, "\n".join(asked)
    about = ("turns", "surveys", "assignments", "identities", "merges", "field_values")
    assert not [one for one in asked if one.startswith(tuple(f"SELECT {t}." for t in about))]


async def test_what_is_there_is_asked_for(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    path = f"/inbox/conversations/{conversation}"
    await anna.page(path)
    about = "SELECT field_values."
    with trips() as asked:
        await anna.page(path)
    assert not [one for one in asked if one.startswith(about)]
    async with office.parts.db.write() as tx:
        who = {"agent_id": anna.agent.id, "agent_name": "Anna"}
        tx.session.add(FieldValue(conversation_id=conversation, key="size", value="XL", **who))
    with trips() as asked:
        await anna.page(path)
    assert len([one for one in asked if one.startswith(about)]) == 1
