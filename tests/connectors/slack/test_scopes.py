"""No scope wider than what is used, and none missing: the manifest against what the code does.

The fake Slack refuses what the token has no scope for, so every other test shows that none is
missing.
"""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from connectors.slack import manifest
from connectors.slack.manifest import SCOPES
from tests.connectors.slack import fake_scopes
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import ADA, REQUESTS, open_office

CODE = Path("connectors/slack")
# Slack's method families: a text that begins so is a method's name.
METHOD = re.compile(
    r"(apps|assistant|auth|bookmarks|bots|chat|conversations|dnd|emoji|files|oauth|pins|reactions"
    r"|reminders|search|stars|team|usergroups|users|views)\.[a-zA-Z.0-9]+"
)
OUR_NAMES = {"files.upload"}  # of the bytes of a file, which go to an address and not to a method
# The desk asks about the channels that it is configured for, never about direct messages.
LOOKED_AT = {
    "conversations.info": ("public", "private"),
    "conversations.members": ("private",),
    "conversations.history": ("public", "private", "direct"),
    "conversations.replies": ("public", "private", "direct"),
}


def called() -> set[str]:
    """Every method that the connector's code names."""
    found: set[str] = set()
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if METHOD.fullmatch(node.value) else set()
    return found - OUR_NAMES


def scopes_of(method: str) -> set[str]:
    wanted = fake_scopes.METHODS[method]
    if isinstance(wanted, dict):
        return {wanted[kind] for kind in LOOKED_AT[method]}
    return {wanted} if wanted else set()


def test_the_scopes_are_those_of_the_methods_and_events_that_are_used() -> None:
    methods = called()
    assert methods <= set(fake_scopes.METHODS), "which scope does it want?"
    assert len(methods) > 15
    wanted = set().union(*map(scopes_of, methods))
    wanted |= {scope for event in manifest.EVENTS if (scope := fake_scopes.EVENTS[event])}
    features = manifest.manifest()["features"]
    if features["slash_commands"] or features["shortcuts"]:
        wanted.add("commands")
    wanted.add(fake_scopes.EMAIL)  # people.py reads the address
    assert wanted == set(SCOPES)


@pytest.mark.asyncio
async def test_what_is_listened_to_is_subscribed_to_and_the_other_way_round(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: set[str] = set()
    real = AsyncApp.event

    # `Any`: bolt's own arguments.
    def event(app: AsyncApp, name: str, *more: Any, **fields: Any) -> Any:
        heard.add(name)
        return real(app, name, *more, **fields)

    monkeypatch.setattr(AsyncApp, "event", event)
    async with open_office(slack, tmp_path):
        pass
    assert heard == {name.split(".")[0] for name in manifest.EVENTS}


@pytest.mark.asyncio
async def test_a_token_without_a_scope_is_refused_what_needs_it(
    slack: FakeSlack, tmp_path: Path
) -> None:
    slack.scopes = ",".join(set(SCOPES) - {"reactions:write", "users:read.email"})
    async with open_office(slack, tmp_path) as office:
        ts = await slack.post(ADA, REQUESTS, "My laptop hangs")
        await slack.wait_for_posts(ts, 2)
        await office.nothing_under_way()
        (conversation,) = await office.conversations()
        customer = await office.customer(conversation.customer_id)
        assert (customer.name, customer.email) == ("Ada Kowalska", None)
        assert len(slack.called("reactions.add", timestamp=ts)) == 1, "refused once, asked once"
