"""What is chosen in lists and added as files, in Slack's documented shapes, on a live card."""

import copy
import json

import pytest

from connectors.slack.triage.views import chosen_files, value_of
from tests.connectors.slack.agents import elements, olas_case, until
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import OLA, TRIAGE, Office
from tests.connectors.slack.test_parse import payload
from tests.connectors.slack.test_triage_files import file_of, files_in, reply_window

pytestmark = pytest.mark.asyncio


def of_card(name: str, post: Json, **changed: object) -> Json:
    """The recorded press, as if it were of this card."""
    body = copy.deepcopy(payload(name))
    body["container"]["message_ts"] = body["message"]["ts"] = post["ts"]
    block = next(iter(elements(post).values()))["block_id"]
    body["actions"][0] |= {"block_id": block} | changed
    return body


async def is_status(office: Office, status: str) -> None:

    async def is_so() -> bool:
        return (await office.conversations())[0].status == status

    await until(office, is_so)


async def test_a_static_select_puts_off_for_as_long_as_was_chosen(triage: Office) -> None:
    _, post = await olas_case(triage)
    await triage.slack.envelope("interactive", of_card("press_of_static_select", post))
    await is_status(triage, "snoozed")
    (found,) = await triage.conversations()
    assert found.due_at is not None
    assert 3500 < (found.due_at - found.updated_at).total_seconds() <= 3600


async def test_an_overflow_does_what_was_chosen(triage: Office) -> None:
    _, post = await olas_case(triage)
    await triage.slack.envelope("interactive", of_card("press_of_overflow", post))
    await is_status(triage, "queued")


@pytest.mark.parametrize("choice", [None, {"value": "nonsense"}, "release", {}])
async def test_a_choice_that_is_none_changes_nothing_and_is_told(
    triage: Office, choice: object
) -> None:
    _, post = await olas_case(triage)
    body = of_card("press_of_overflow", post, selected_option=choice)
    await triage.slack.envelope("interactive", body)
    (told,) = await triage.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "older version" in told["text"]
    assert (await triage.conversations())[0].status == "with_agent"


async def test_a_select_of_people_that_is_not_ours_is_told(triage: Office) -> None:
    _, post = await olas_case(triage)
    body = of_card("press_of_users_select", post, block_id="pick")
    await triage.slack.envelope("interactive", body)
    (told,) = await triage.slack.wait_for("chat.postEphemeral", user=OLA, channel=TRIAGE)
    assert "starszej wiadomości" in told["text"] or "older message" in told["text"]
    assert (await triage.conversations())[0].agent_name == "Ola"


async def test_a_file_input_sends_the_file_that_was_added_and_the_one_that_was_ticked(
    triage: Office,
) -> None:
    ts, post = await olas_case(triage)
    view = await reply_window(triage, post)
    added, _ = file_of(triage, "F0NEW", "plan.png"), file_of(triage, "F0OLD", "old.png")
    recorded = payload("whole/view_submission_of_files")["payload"]
    recorded["view"]["private_metadata"] = view["private_metadata"]
    (file,) = recorded["view"]["state"]["values"]["added"]["value"]["files"]
    file |= {name: added[name] for name in ("url_private_download", "size")}
    file["url_private"] = added["url_private_download"]
    key = await triage.slack.envelope("interactive", recorded)
    await triage.slack.until(lambda: triage.slack.acked(key), "an answer")
    await triage.slack.until(lambda: len(files_in(triage, ts)) == 2, "both files")
    assert sorted(files_in(triage, ts)) == ["old.png", "plan.png"]
    assert "Here is the plan" in json.dumps(triage.slack.in_thread(ts))


async def test_what_a_file_input_carries() -> None:
    view = payload("whole/view_submission_of_files")["payload"]["view"]
    assert value_of(view) == "Here is the plan"
    ticked, added = chosen_files(view)
    assert (ticked.id, ticked.url) == ("F0OLD", None)
    assert (added.id, added.name, added.size) == ("F0NEW", "plan.png", 68)
    assert added.url == "https://files.slack.com/files-pri/T0FIRST-F0NEW/download/plan.png"
    view["state"]["values"]["added"]["value"]["files"] = []
    view["state"]["values"]["ticked"]["value"]["selected_options"] = []
    assert chosen_files(view) == ()
