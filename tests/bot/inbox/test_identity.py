"""What agents see of who the customer is: what was signed, what was claimed, what was asked."""

import re
from pathlib import Path

import pytest

from bot.channel import FilledForm, Proof
from tests.desk import DESK
from tests.identity import SECRET, token
from tests.inbox import open_office

pytestmark = pytest.mark.asyncio

DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[customer-care.identity]
method = "HS256"
secret_file = "identity.key"
[customer-care.widget]
consent = { en = "I agree.", pl = "Zgadzam się." }
[[customer-care.widget.form]]
key = "about"
label = { en = "What is it about?", pl = "Czego dotyczy?" }
required = true
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
"""
VERIFIED = "✓ verified by the site"


async def test_verified_claimed_and_asked_stand_apart(tmp_path: Path) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    (tmp_path / "identity.key").write_text(SECRET)
    async with open_office(tmp_path, desks_file=desks) as office:
        anna = await office.hire()
        account = {
            "Plan": "Pro <i>",
            "Orders": 17,
            "Newsletter": True,
            "Shop": "https://a.example/17",
        }
        claims = {"name": "Jan <b>Kot</b>", "email": "jan@example.com", "account": account}
        signed = token("u-17", claims=claims)
        known = await office.parts.identities.recognise("web", DESK, None, Proof(jwt=signed))
        assert known.visitor is not None
        thread = f"{known.visitor}:{DESK}"
        filled = FilledForm(known.visitor, thread, "pl", {"about": "<i>Refund</i>"}, consent=True)
        await office.parts.intakes.take("web", DESK, filled)
        there = await office.customer_says(
            "Hello?",
            thread=thread,
            customer=known.visitor,
            context={"claimed_name": "The King", "claimed_email": "king@example.com"},
        )
        page = await anna.page(f"/inbox/conversations/{there}")
        assert page.count(VERIFIED) == 3  # the id, the name, the e-mail
        assert "Jan &lt;b&gt;Kot&lt;/b&gt;" in page
        assert "u-17" in page
        of_account = (
            '<dt dir="auto">Plan</dt><dd dir="auto">Pro &lt;i&gt;</dd>',
            '<dt dir="auto">Orders</dt><dd dir="auto">17</dd>',
            '<dt dir="auto">Newsletter</dt><dd dir="auto">yes</dd>',
            '<dd dir="auto"><a href="https://a.example/17" target="_blank" ',
        )
        assert 'title="https://a.example/17">a.example ↗</a>' in page
        customer = re.search(r'href="(/inbox/customers/[^?"]+)', page)
        assert customer is not None
        for shown in (page, await anna.page(customer[1])):
            for row in of_account:
                assert row in shown
        assert page.count("not verified") == 2
        assert "The King" in page
        assert "What is it about?" in page
        assert "&lt;i&gt;Refund&lt;/i&gt;" in page
        assert "Consent given" in page


async def test_who_signed_nothing_has_no_mark(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        anna = await office.hire()
        there = await office.customer_says("Hello?", context={"claimed_name": VERIFIED})
        page = await anna.page(f"/inbox/conversations/{there}")
        assert page.count(VERIFIED) == 1, "only as the words that the page claimed"
        assert "is-verified" not in page
        assert "not verified" in page
