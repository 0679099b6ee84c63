"""The API does what its OpenAPI document says, whatever it is asked (schemathesis)."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.api.app import PLACE
from bot.api_tokens.scopes import Scope
from tests.browser.live import open_live_desk

EXAMPLES = 12


@pytest.mark.timeout(300)
def test_no_request_finds_a_gap_between_document_and_answer(tmp_path: Path) -> None:
    limits = {"api_requests_burst": 100_000, "api_requests_per_second": 100_000.0}
    with open_live_desk(tmp_path, webhooks_to_private_addresses=True, **limits) as desk:
        agent = desk.agent()
        token = desk.run(desk.parts.programs.tokens.add(agent._agent.email, "test", tuple(Scope)))
        headers = {"Authorization": f"Bearer {token}"}
        document = httpx.get(f"{desk.url}{PLACE}/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=desk.url + PLACE)
        asked = 0
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()

            @given(case=operation.as_strategy())
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def ask(case: Any) -> None:
                nonlocal asked
                asked += 1
                # A cursor, an event's name or a desk that fits the document may not exist: 422.
                case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

            ask()
        assert asked >= len(document["paths"])
