"""Whatever agents say among themselves reaches nobody else, wherever the conversation stands."""

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channel import InboundMessage, TranscriptWish
from bot.conversations.models import Conversation, Message, Note
from bot.handoff.service import Reply
from tests.connectors.slack.agents import (
    AGENTS,
    asks_for_human,
    cards,
    elements,
    hire,
    press,
    shows,
    until,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import OLA, TRIAGE, Office, open_office

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.timeout(600),
    pytest.mark.real_patience,
]  # five hundred on a slow machine
SECRETS, SEED = 500, 20261128
# What people write in front of, behind and around it.
SHAPES = (
    *("{}", "*{}*", "```{}```", "> {}", "{} <@U0ADA>", "<!channel> {}", "&lt;!here&gt; {}"),
    *(
        "Dear Ada, {}",
        "/reply {}",
        "! {}",
        "!{}",
        "{} !!",
        " {}",
        "<https://x.example|{}>",
        "żółć {}",
    ),
)


class Secrets:
    """Words that no customer may ever see, each told apart."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._chance = random.Random(SEED)  # noqa: S311 - which words, not which key

    def next(self) -> str:
        """The next one, in some shape."""
        secret = f"internal{len(self.made):04d}word"
        self.made.append(secret)
        return self._chance.choice(SHAPES).format(secret)

    def one_of(self, *choices: str) -> str:
        return self._chance.choice(choices)


async def talk(office: Office, secrets: Secrets, post: Json, notes: list[str]) -> None:
    """One thing that agents say to each other."""
    slack, words = office.slack, secrets.next()
    match secrets.one_of("note", "note", "edit", "file", "aside", "broadcast", "inbox"):
        case "note":
            notes.append(await slack.post(OLA, TRIAGE, words, thread_ts=post["ts"]))
        case "edit":
            ts = secrets.one_of(*notes) if notes else slack.next_ts()
            message = {"user": OLA, "text": words, "ts": ts, "thread_ts": post["ts"]}
            event: Json = {"type": "message", "subtype": "message_changed", "channel": TRIAGE}
            event |= {"ts": slack.next_ts(), "message": message, "previous_message": message}
            await slack.event(event)
        case "file":
            name = f"{secrets.made[-1]}.png"
            file = {"id": "F1", "name": name, "mimetype": "image/png", "url_private": "x"}
            extra = {"subtype": "file_share", "files": [file], "thread_ts": post["ts"]}
            await slack.post(OLA, TRIAGE, words, **extra)
        case "aside":
            await slack.post(OLA, TRIAGE, words)
        case "broadcast":
            extra = {"subtype": "thread_broadcast", "thread_ts": post["ts"]}
            await slack.post(OLA, TRIAGE, words, **extra)
        case "inbox":
            agent = await office.parts.triage.account("ola@acme.example")
            conversation = await office.parts.triage_cards.conversation_of(
                f"T0FIRST:{TRIAGE}", post["ts"]
            )
            assert agent is not None
            assert conversation is not None
            await office.parts.triage.note(
                agent.id, conversation, words, source=f"inbox:{len(secrets.made)}"
            )


async def test_of_500_internal_things_none_reaches_a_customer(
    slack: FakeSlack, tmp_path: Path
) -> None:
    secrets = Secrets()
    slack.again_after = 3.0  # as Slack does with what it has no answer to by then
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        ola = await hire(office, "Ola")
        for number in range(4):
            await asks_for_human(office, text=f"Question {number}")
        await slack.until(lambda: len(cards(slack)) >= 4, "four cards")
        web = await ask_on_the_website(office)
        await slack.until(lambda: len(cards(slack)) >= 5, "five cards")
        posts = cards(slack)
        for post in posts:
            await slack.wait_for_posts(post["ts"])
        notes: dict[str, list[str]] = {post["ts"]: [] for post in posts}
        # Where each conversation stands while half of it is said.
        for step, post in enumerate(posts):
            for _ in range(SECRETS // 2 // len(posts)):
                await talk(office, secrets, post, notes[post["ts"]])
            if step:
                await press(office, OLA, post, "claim")
                await shows(office, post, "reply")
        choice = elements(posts[1])["triage.snooze"] | {"selected_option": {"value": "monday"}}
        await slack.press(OLA, dict(posts[1]), choice)
        await press(office, OLA, posts[2], "close")
        await press(office, OLA, posts[3], "close")
        (newest,) = [c for c in await office.conversations() if c.id == web]
        reply = Reply("This is for the customer", newest.epoch, "k")
        await office.parts.handoffs.reply(ola, web, reply)
        for post in posts:
            for _ in range(SECRETS // 2 // len(posts)):
                await talk(office, secrets, post, notes[post["ts"]])
        await everything_is_written(office, slack)
        assert len(secrets.made) == SECRETS
        await nothing_leaked(office, secrets)


async def ask_on_the_website(office: Office) -> str:
    inbound = InboundMessage("web", "t1", "t1", "it-help", "m1", "en", "A person, please")
    return (await office.parts.frontdesk.ask_for_human(inbound)).conversation


async def everything_is_written(office: Office, slack: FakeSlack) -> None:

    async def settled() -> bool:
        due = await office.parts.triage_cards.due({"it-help": f"T0FIRST:{TRIAGE}"})
        return due == () and slack.is_all_acknowledged()

    await until(office, settled, seconds=60)


async def nothing_leaked(office: Office, secrets: Secrets) -> None:
    """Not in what was posted, and in no way in which a customer can look at a conversation."""
    elsewhere = [
        str(call.arguments)
        for call in office.slack.calls
        if call.arguments.get("channel") != TRIAGE and call.method != "views.open"
    ]
    async with office.parts.db.read() as session:
        said = [message.text for message in await session.scalars(select(Message))]
        written = " ".join(note.text for note in await session.scalars(select(Note)))
        conversations = list(await session.scalars(select(Conversation)))
    copies = []
    for found in conversations:
        where = (found.channel, found.thread)
        wish = TranscriptWish(found.id, "en", None)
        copies.append((await office.parts.transcripts.download(*where, wish)).html)
        gap = await office.parts.frontdesk.messages_after(*where, found.id, 0)
        copies += [str(message) for message in gap]
    for secret in secrets.made:
        for visible in (*elsewhere, *said, *copies):
            assert secret not in visible
    kept = sum(secret in written for secret in secrets.made)
    assert kept > SECRETS // 2, "they were heard, and became notes"
    assert any("This is for the customer" in words for words in copies), "it is looked for"
