"""The API does what its OpenAPI document says, whatever it is asked (schemathesis).

Each operation is asked three times over: with valid data at random, with valid data about what is
there, and with data that the document forbids. All of it is the same in every run.
"""

import ipaddress
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.accounts.permissions import Role
from bot.api.app import PLACE
from bot.api.body import MAX_BODY_BYTES
from bot.api_tokens.scopes import Scope
from tests.bot.api.seeds import FROM, MOVE, Seeds
from tests.browser.live import LiveDesk, open_live_desk

AT_RANDOM, REAL, FORBIDDEN = 6, 6, 12
# Not JSON; no such address; too long; not as described.
UNREADABLE = (400, 404, 405, 413, 422)
pytestmark = pytest.mark.timeout(300)


@dataclass
class Program:
    """A token that may do everything, what the document says, and what it was answered."""

    seeds: Seeds
    client: httpx.Client
    bare: httpx.Client  # with a token of no scope
    headers: dict[str, str]
    schema: Any
    document: dict[str, Any]
    answers: dict[str, Counter[int]] = field(default_factory=dict)

    def operations(self) -> Iterator[Any]:
        for found in self.schema.get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def ask(self, case: Any, name: str) -> None:
        """One request; the answer is as documented, and a refusal is of the one shape of them."""
        # A cursor, an event's name or a desk that fits the document may not exist: 422.
        excluded = [positive_data_acceptance]
        answer = case.call_and_validate(headers=self.headers, excluded_checks=excluded)
        self.answers.setdefault(name, Counter())[answer.status_code] += 1
        if answer.status_code >= 400:
            assert refusal(answer.status_code, answer.json())

    def ask_about(
        self,
        operation: Any,
        *,
        examples: int,
        mode: GenerationMode = GenerationMode.POSITIVE,
        prepare: Callable[[Any], None] = lambda case: None,
    ) -> None:
        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            prepare(case)
            self.ask(case, operation.label)

        ask()


def refusal(status: int, body: dict[str, Any]) -> str:
    """Its code; it is no fault of the desk, and says what is wrong in the one shape for that."""
    assert 400 <= status < 500
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "where"}
    assert body["error"]["message"]
    return str(body["error"]["code"])


@pytest.fixture
def _nobody_is_asked_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks with made-up hosts are called; a desk that stops waits for a slow name server."""
    asked = socket.getaddrinfo

    # `Any`: the standard library's.
    def numbers_alone(host: Any, *rest: Any, **more: Any) -> Any:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
        return asked(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", numbers_alone)


@pytest.fixture
def desk(tmp_path: Path, _nobody_is_asked_for_names: None) -> Iterator[LiveDesk]:
    limits = {"api_requests_burst": 100_000, "api_requests_per_second": 100_000.0}
    with open_live_desk(tmp_path, webhooks_to_private_addresses=True, **limits) as opened:
        yield opened


@pytest.fixture
def program(desk: LiveDesk) -> Iterator[Program]:
    agent = desk.agent(role=Role.ADMIN)
    tokens, place = desk.parts.programs.tokens, desk.url + PLACE
    full, bare = (
        {"Authorization": f"Bearer {desk.run(tokens.add(agent._agent.email, name, scopes))}"}
        for name, scopes in (("full", tuple(Scope)), ("bare", ()))
    )
    desk.run(desk.parts.programs.feed.look())
    document = httpx.get(f"{place}/openapi.json", timeout=60).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=place)
    # What nobody knows in a query is passed over, as the document allows.
    schema.config.generation.allow_extra_parameters = False
    # The token is not what these tests are about: the last one is.
    schema.config.generation.with_security_parameters = False
    schema.config.checks.negative_data_rejection.expected_statuses = [*map(str, UNREADABLE)]
    with (
        httpx.Client(base_url=place, headers=full, timeout=60) as client,
        httpx.Client(base_url=place, headers=bare, timeout=60) as other,
    ):
        yield Program(Seeds(desk, agent, client), client, other, full, schema, document)


def test_no_request_finds_a_gap_between_document_and_answer(program: Program) -> None:
    for operation in program.operations():
        program.ask_about(operation, examples=AT_RANDOM)
    assert sum(len(answers) for answers in program.answers.values()) > 0


def test_what_is_there_is_answered_as_documented_and_each_operation_succeeds(
    program: Program,
) -> None:
    program.answers.clear()
    for operation in program.operations():
        prepare = program.seeds.real(operation.label)
        program.ask_about(operation, examples=REAL, prepare=prepare)
    for move in FROM:
        case = program.schema[MOVE]["POST"].Case(
            path_parameters={"move": move}, media_type="application/json"
        )
        program.seeds.real(f"POST {MOVE}")(case)
        program.ask(case, f"POST {move}")
    succeeded = {
        name
        for name, statuses in program.answers.items()
        if any(200 <= status < 300 for status in statuses)
    }
    documented = {
        f"{method.upper()} {path}"
        for path, methods in program.document["paths"].items()
        for method in methods
    }
    assert succeeded == documented | {f"POST {move}" for move in FROM}


def at_a_real_place(case: Any, ids: dict[str, Any]) -> None:
    """Where the address is not what is wrong, something is there that could be changed."""
    place = case.meta.components.get(ParameterLocation.PATH)
    if place is not None and place.mode is GenerationMode.POSITIVE:
        case.path_parameters.update({name: ids[name] for name in case.path_parameters & ids.keys()})


def test_what_the_document_forbids_is_refused(program: Program) -> None:
    program.answers.clear()
    for operation in program.operations():
        if not (operation.body or operation.path_parameters or operation.query):
            continue  # there is nothing to forbid
        program.ask_about(
            operation,
            examples=FORBIDDEN,
            mode=GenerationMode.NEGATIVE,
            prepare=lambda case: at_a_real_place(case, program.seeds.ids),
        )
    refused = Counter[int]()
    for statuses in program.answers.values():
        refused += statuses
    # No 409: what is not even a request is not compared with what is there.
    assert not [status for status in refused if status >= 300 and status not in UNREADABLE]
    assert refused[422] > len(program.answers)


def test_who_may_not_is_refused_everywhere_and_what_is_no_json_too(program: Program) -> None:
    there = program.seeds.ids | {"move": "close"}
    for operation in program.operations():
        method, path = operation.method, operation.path.format(**there)
        answer = httpx.request(method, f"{program.client.base_url}{path.removeprefix('/')}")
        assert refusal(answer.status_code, answer.json()) == "bad_api_token"
        answer = program.bare.request(method, path, json={})
        if path == "/me":
            assert answer.status_code == 200
            continue
        assert (answer.status_code, refusal(403, answer.json())) == (403, "missing_scope")
        if not operation.body:
            continue
        broken: list[tuple[int, str, bytes]] = [
            (400, "application/json", b'{"'),
            (400, "application/json", b"\xff"),
            (422, "application/json", b""),
            (422, "text/plain", b"{}"),
            (422, "multipart/form-data", b"{}"),
            (413, "application/json", b'{"text": "' + b"x" * MAX_BODY_BYTES + b'"}'),
        ]
        for status, kind, content in broken:
            headers = {"Content-Type": kind}
            answer = program.client.request(method, path, content=content, headers=headers)
            assert answer.status_code == status, (operation.label, kind, content[:20])
            refusal(answer.status_code, answer.json())
        # Without a declared length, as whoever streams sends it.
        answer = program.client.request(method, path, content=iter([b"{" * 100_000] * 6))
        assert refusal(answer.status_code, answer.json()) == "too_long_body"
