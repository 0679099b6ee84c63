"""Facts, labels, fields, ratings: what agents keep with a conversation, and who kept it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.records.models import HandoffRating
from tests.inbox import Office, open_office

pytestmark = pytest.mark.asyncio


async def test_a_fact_is_put_right_and_says_by_whom(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    here = f"/inbox/conversations/{conversation}"
    for name, value in (("Serial number", "SN-1"), ("serial_number", "SN-2")):
        assert (await anna.act(conversation, "facts", name=name, value=value)).status_code == 200
    page = await anna.page(here)
    known = page.split('facts-list">')[1].split("</dl>")[0]
    assert "Serial number" in known
    assert "SN-2" in known
    assert "(was: SN-1)" in known
    assert "Anna," in known
    assert 'value="SN-2"' in await anna.page(f"{here}/panel/fact", name="serial_number")
    assert "fact_set" in await office.events(conversation)
    for name, value in (("", "x"), ("x", " "), ("x" * 61, "y"), ("x", "y" * 301)):
        refused = await anna.act(conversation, "facts", name=name, value=value)
        assert refused.status_code == 422


async def test_a_contact_belongs_to_the_customer_and_must_be_one(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    put = {"name": "email", "value": "jan@example.com"}
    assert (await anna.act(conversation, "facts", **put)).status_code == 200
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "mailto:jan@example.com" in page
    wrong = await anna.act(conversation, "facts", name="phone", value="jan@example.com")
    assert wrong.status_code == 422


async def test_what_agents_wrote_is_not_on_the_customers_receipt(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    await anna.act(conversation, "facts", name="order_number", value="SECRET-1")
    receipt = await office.parts.waiting_room.handoff_receipt("web", "t1")
    assert receipt is not None
    assert "SECRET-1" not in str(receipt)


async def test_labels_are_made_put_on_taken_off_and_retired(office: Office) -> None:
    anna = await office.hire(role=Role.LEAD)
    iga = await office.hire("Iga", desks=["it-help"], role=Role.LEAD)
    conversation = await office.customer_says("Hello?")
    here = f"/inbox/conversations/{conversation}"
    new: dict[str, Any] = {"desk": anna.agent.desks[0], "name": " Refund ", "colour": "red"}
    assert (await anna.post("/inbox/labels", **new)).status_code == 303
    assert (await anna.post("/inbox/labels", **new | {"name": "REFUND"})).status_code == 409
    for wrong in ({"name": ""}, {"name": "x" * 41}, {"colour": "pink"}):
        assert (await anna.post("/inbox/labels", **new | wrong)).status_code == 422
    assert (await iga.post("/inbox/labels", **new)).status_code == 404
    panel = await anna.page(f"{here}/panel/labels")
    label = panel.split('name="label" value="')[1].split('"')[0]
    assert (await anna.act(conversation, "labels", label=label)).status_code == 200
    chip = '<span class="chip label is-red" dir="auto">Refund</span>'
    assert chip in await anna.page(here)
    assert "labelled" in await office.events(conversation)
    assert (await iga.post(f"/inbox/labels/{label}/retire")).status_code == 404
    assert (await anna.post(f"/inbox/labels/{label}/retire")).status_code == 303
    assert chip in await anna.page(here), "what has it keeps it"
    assert (await anna.act(conversation, "labels")).status_code == 200
    assert chip not in await anna.page(here)
    refused = await anna.act(conversation, "labels", label=label)
    assert refused.status_code == 404, "a retired one is offered no more"


FIELDS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[[customer-care.fields]]
key = "contract"
label = { en = "Contract", pl = "Umowa" }
type = "number"
[[customer-care.fields]]
key = "product"
label = { en = "Product", pl = "Produkt" }
type = "choice"
choices = ["Phone", "Laptop"]
[[customer-care.fields]]
key = "called"
label = { en = "Called back", pl = "Oddzwoniono" }
type = "yes_no"
[[customer-care.fields]]
key = "due"
label = { en = "Delivery date", pl = "Data dostawy" }
type = "date"
"""


async def test_fields_of_the_desk_are_checked_by_their_type(tmp_path: Path) -> None:
    (tmp_path / "desks.toml").write_text(FIELDS, "utf-8")
    async with open_office(tmp_path, desks_file=tmp_path / "desks.toml") as office:
        anna = await office.hire()
        conversation = await office.customer_says("Hello?")
        good = {"field.contract": "12,5", "field.product": "Laptop", "field.called": "no"}
        assert (await anna.act(conversation, "fields", **good)).status_code == 200
        page = await anna.page(f"/inbox/conversations/{conversation}")
        assert "12.5" in page
        assert "Laptop" in page
        for key, value in (("contract", "twelve"), ("product", "Fridge"), ("called", "perhaps")):
            wrong = good | {"field.contract": "1"} | {f"field.{key}": value}
            refused = await anna.act(conversation, "fields", **wrong)
            assert refused.status_code == 422
            assert "Nothing was saved" in refused.text
        assert "12.5" in await anna.page(f"/inbox/conversations/{conversation}")
        assert (await anna.act(conversation, "fields", **{"field.contract": ""})).status_code == 200
        assert "12.5" not in await anna.page(f"/inbox/conversations/{conversation}")


@pytest.mark.parametrize(
    "wrong", ["31.02.2026", "2026-02-31", "tomorrow", "20261224", "12026-01-01"]
)
async def test_a_wrong_date_is_refused_in_one_sentence_that_names_its_field(
    tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "desks.toml").write_text(FIELDS, "utf-8")
    async with open_office(tmp_path, desks_file=tmp_path / "desks.toml") as office:
        anna, ola = await office.hire(), await office.hire("Ola")
        await ola.post("/inbox/language", language="pl")
        conversation = await office.customer_says("Hello?")
        sentences = (
            (anna, "“Delivery date” must be a date such as 2026-12-24. Nothing was saved;"),
            (ola, "„Data dostawy”: podaj datę, na przykład 2026-12-24. Nic nie zostało zapisane;"),
        )
        values = {"field.contract": "12", "field.due": wrong}
        for agent, sentence in sentences:
            refused = await agent.act(conversation, "fields", **values)
            assert refused.status_code == 422
            assert f'<p data-field="field.due">{sentence}' in refused.text
        assert "fields_set" not in await office.events(conversation)
        right = {"field.due": "2026-12-24"}
        assert (await anna.act(conversation, "fields", **right)).is_success
        assert "2026-12-24" in await anna.page(f"/inbox/conversations/{conversation}")


async def test_a_handoff_is_rated_once_by_each_agent_and_the_opinion_may_change(
    office: Office,
) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    opinions = [(anna, "no", "No order number"), (anna, "yes", ""), (piotr, "no", "Language")]
    for agent, enough, missing in opinions:
        rated = await agent.act(conversation, "rate", enough=enough, missing=missing)
        assert rated.status_code == 200
    async with office.parts.db.read() as session:
        rows = await session.scalars(select(HandoffRating).order_by(HandoffRating.id))
        kept = [(row.agent_id, row.enough, row.missing) for row in rows]
    assert kept == [(anna.agent.id, True, None), (piotr.agent.id, False, "Language")]
    assert "You said: something was missing." in await piotr.page(
        f"/inbox/conversations/{conversation}"
    )
    too_long = await anna.act(conversation, "rate", enough="no", missing="x" * 501)
    assert too_long.status_code == 422
