"""What everything of the triage channels shares: which channel is whose, and who acts there."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channel import AgentAccount, AgentsDesk, CardDesk, SlackSettings
from bot.errors import FirstlineError
from bot.texts import text
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.place import Place
from connectors.slack.state import members_alone_read
from connectors.slack.tell import whisper
from connectors.slack.triage.card import Face

PAGE, MOST_PAGES = 200, 20  # of a channel's members
WAS_DAYS = 60.0
STALE = "stale_send"  # the code of what was refused because it changed hands


@dataclass(frozen=True)
class Room:
    """A desk's triage channel."""

    desk: str
    team: str
    channel: str
    face: Face

    @property
    def place(self) -> str:
        """The cards' name of it."""
        return f"{self.team}:{self.channel}"


@dataclass(frozen=True)
class Member:
    """Who acts there: their account at this desk; None, with their address if there is one."""

    account: AgentAccount | None
    email: str | None
    language: str


class TriageDesk:
    """The triage channels of this installation."""

    def __init__(self, slack: SlackChannel) -> None:
        self.slack = slack
        self.agents: AgentsDesk = slack.agents
        self.cards: CardDesk = slack.cards

    async def rooms(self) -> tuple[Room, ...]:
        """Every desk's channel whose workspace is known; raises a SlackFault when it cannot ask.

        One that two desks name (Slack could not be asked at the start) is the first one's alone.
        """
        found: dict[tuple[str, str], Room] = {}
        for desk, rules in self.slack.rules.items():
            if rules.triage_channel is None:
                continue
            team = rules.workspace
            if team is None and (own := await self.slack.calls.teams.own()) is not None:
                team = own.id
            if team is not None:
                room = Room(desk, team, rules.triage_channel, _face(rules))
                found.setdefault((room.team, room.channel), room)
        return tuple(found.values())

    def is_room(self, channel: str) -> bool:
        """Whether some desk's triage channel has this id, of whatever workspace."""
        return any(rules.triage_channel == channel for rules in self.slack.rules.values())

    async def room_of(self, team: str, channel: str) -> Room | None:
        """The triage channel with this id."""
        rooms = await self.rooms()
        return next((r for r in rooms if (r.team, r.channel) == (team, channel)), None)

    async def conversation_of(self, room: Room, message: str) -> str | None:
        """Whose card this message is, or was before another one took its place."""
        found: str | None = await self.cards.conversation_of(room.place, message)
        if found is None:
            found = await self.slack.memory.recall(CHANNEL, _was_card(room, message))
        return found

    async def remember_card(self, room: Room, message: str, conversation: str) -> None:
        """Another one takes its place; people may go on writing under this one."""
        memory = self.slack.memory
        await memory.keep(CHANNEL, _was_card(room, message), conversation, days=WAS_DAYS)

    async def is_private(self, room: Room) -> bool:
        """A card tells what a customer said: it goes where colleagues who are members can read."""
        privates = self.slack.privates
        if privates.has(room.place):
            return True
        asked_at = privates.now()
        said = await self.slack.calls.call(room.team, "conversations.info", channel=room.channel)
        found = said.get("channel")
        if isinstance(found, dict) and members_alone_read(found):
            privates.keep(room.place, asked_at)
            return True
        return False

    async def member(self, room: Room, user: str) -> Member:
        """Whose account acts; raises a SlackFault when Slack cannot be asked."""
        person = await self.slack.people.find(room.team, user)
        if person.email is None or person.is_external or person.is_bot:
            return Member(None, None, person.language)
        account = await self.agents.account(person.email)
        if account is None or room.desk not in account.desks:
            return Member(None, person.email, person.language)
        return Member(account, person.email, account.language)

    async def members(self, room: Room) -> tuple[str, ...]:
        """Who is in the channel now; raises a SlackFault when Slack cannot be asked."""
        found: list[str] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            said = await self.slack.calls.call(
                room.team,
                "conversations.members",
                channel=room.channel,
                limit=PAGE,
                cursor=cursor,
            )
            found += [str(user) for user in said.get("members") or ()]
            cursor = (said.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return tuple(found)

    async def is_in(self, room: Room, user: str) -> bool:
        """Whether they are in the channel at this moment: a window stays open when they are not."""
        return user in await self.members(room)

    def whisper(self, room: Room, user: str, words: str, *, thread: str | None = None) -> None:
        """Tells one person, and nobody else: in this channel, or directly when they left it.
        Nothing waits for it, and what Slack does not take hinders nothing."""
        place = Place(room.team, room.channel, thread)
        whisper(self.slack, place, user, words, or_directly=True)

    async def why(self, conversation: str, fault: FirstlineError, language: str) -> str:
        """Why nothing was done: of what was shown before it changed hands, where it stands now."""
        if fault.code != STALE:
            return fault.message(language)
        try:
            case = await self.agents.case(conversation, language)
        except FirstlineError:
            return fault.message(language)
        if case.status == "closed":
            return text("triage.told.closed", language)
        if case.agent_name:
            return text("triage.told.taken", language, name=case.agent_name)
        return text("triage.told.moved", language, status=case.status_words)

    async def is_first(self, key: str) -> bool:
        """Whether this is heard of for the first time, in any process."""
        first: bool = await self.slack.memory.first(CHANNEL, key[:200], days=2)
        return first


def _was_card(room: Room, message: str) -> str:
    return f"was_card:{room.place}:{message}"


def _face(rules: SlackSettings) -> Face:
    return Face(rules.triage_language, rules.reply_prefix)


def places(rooms: tuple[Room, ...]) -> Mapping[str, str]:
    """Where the cards of each desk are."""
    return {room.desk: room.place for room in rooms}
