"""The connector against a Slack that somebody else wrote (npm `emulate`): events over HTTP."""

from pathlib import Path

import pytest

from tests.connectors.slack.emulator import SECRET, TOKEN, emulated_slack
from tests.desk import answer
from tests.processes import free_port
from tests.server import open_server

pytestmark = pytest.mark.asyncio


async def test_a_post_is_answered_in_its_thread(tmp_path: Path) -> None:
    port = free_port()
    async with emulated_slack(tmp_path, events=f"http://127.0.0.1:{port}/slack/events") as slack:
        channel = slack.channels["it-help"]
        desks = tmp_path / "desks.toml"
        desks.write_text(
            '[it-help]\nname = { en = "IT help", pl = "Pomoc IT" }\n'
            f'[it-help.slack]\nchannels = ["{channel}"]\n',
            "utf-8",
        )
        settings = {
            "slack_bot_token": TOKEN,
            "slack_signing_secret": SECRET,
            "slack_api_url": slack.api,
        }
        async with open_server(tmp_path, desks_file=desks, port=port, **settings) as server:
            server.engine.at_once = answer("Restart <it> & wait.", intent="greet")
            posted = await slack.call(
                "ada", "chat.postMessage", channel=channel, text="My laptop hangs"
            )
            (told,) = await slack.replies(channel, posted["ts"], 1)
            assert told["text"] == "Restart &lt;it&gt; &amp; wait."
            assert told["user"] == slack.users["firstline"]
            seen = await slack.call("ada", "reactions.get", channel=channel, timestamp=posted["ts"])
            assert [kind["name"] for kind in seen["message"]["reactions"]] == ["eyes"]
            follow_up = {"channel": channel, "thread_ts": posted["ts"], "text": "It still hangs"}
            await slack.call("ada", "chat.postMessage", **follow_up)
            replies = await slack.replies(channel, posted["ts"], 3)
            assert [reply["user"] for reply in replies].count(slack.users["firstline"]) == 2
            assert [request.text for request in server.engine.requests] == [
                "My laptop hangs",
                "It still hangs",
            ]
