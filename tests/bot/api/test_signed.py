"""What a program learns of the host site's own users."""

from pathlib import Path

import pytest

from bot.channel import InboundMessage, Proof
from tests.bot.api.conftest import open_api
from tests.desk import DESK
from tests.identity import token, write_desks

pytestmark = pytest.mark.asyncio


async def test_a_customer_has_the_sites_own_id_and_account_at_the_programs_desks(
    tmp_path: Path,
) -> None:
    async with open_api(tmp_path, desks_file=write_desks(tmp_path)) as api:
        claims = {"email": "jan@example.com", "account": {"Plan": "Pro", "Orders": 17}}
        proof = Proof(jwt=token("u-17", claims=claims))
        known = await api.parts.identities.recognise("web", DESK, None, proof)
        assert known.visitor is not None
        said = InboundMessage(
            "web", f"{known.visitor}:{DESK}", known.visitor, DESK, "m1", "en", "Hello?"
        )
        there = (await api.parts.frontdesk.receive_customer_message(said)).conversation
        program = await api.program(await api.agent("Ola"))
        customer = (await program.get(f"/conversations/{there}")).json()["customer"]["id"]
        found = (await program.get(f"/customers/{customer}")).json()
        (signed,) = found["signed"]
        assert signed.pop("verified_at")
        assert signed == {
            "desk": DESK,
            "user_id": "u-17",
            "name": None,
            "email": "jan@example.com",
            "account": {"Plan": "Pro", "Orders": 17},
        }
        assert (await program.get(f"/conversations/{there}/packet")).json()["packet"]["customer"][
            "verified"
        ]["account"] == {"Plan": "Pro", "Orders": 17}
