"""What everything of the triage channels shares: which channel is whose, and who acts there."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channel import AgentAccount, AgentsDesk, CardDesk, SlackSettings
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import Refused
from connectors.slack.triage.card import Face


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
        self._private: set[str] = set()

    async def rooms(self) -> tuple[Room, ...]:
        """Every desk's channel whose workspace is known; raises a SlackFault when it cannot ask."""
        found = []
        for desk, rules in self.slack.rules.items():
            if rules.triage_channel is None:
                continue
            team = rules.workspace
            if team is None and (own := await self.slack.calls.teams.own()) is not None:
                team = own.id
            if team is not None:
                found.append(Room(desk, team, rules.triage_channel, _face(rules)))
        return tuple(found)

    def is_room(self, channel: str) -> bool:
        """Whether some desk's triage channel has this id, of whatever workspace."""
        return any(rules.triage_channel == channel for rules in self.slack.rules.values())

    async def room_of(self, team: str, channel: str) -> Room | None:
        """The triage channel with this id."""
        rooms = await self.rooms()
        return next((r for r in rooms if (r.team, r.channel) == (team, channel)), None)

    async def is_private(self, room: Room) -> bool:
        """A card tells what a customer said: it goes where members alone can read."""
        if room.place in self._private:
            return True
        said = await self.slack.calls.call(room.team, "conversations.info", channel=room.channel)
        found = said.get("channel")
        if isinstance(found, dict) and found.get("is_private") is True:
            self._private.add(room.place)
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

    async def whisper(
        self, room: Room, user: str, words: str, *, thread: str | None = None
    ) -> None:
        """Tells one person, and nobody else, in this channel."""
        try:
            await self.slack.calls.call(
                room.team,
                "chat.postEphemeral",
                channel=room.channel,
                user=user,
                thread_ts=thread,
                text=words,
            )
        except Refused as fault:
            if fault.code not in ("user_not_in_channel", "channel_not_found"):
                raise

    async def is_first(self, key: str) -> bool:
        """Whether this is heard of for the first time, in any process."""
        first: bool = await self.slack.memory.first(CHANNEL, key[:200], days=2)
        return first


def _face(rules: SlackSettings) -> Face:
    return Face(rules.triage_language, rules.reply_prefix)


def places(rooms: tuple[Room, ...]) -> Mapping[str, str]:
    """Where the cards of each desk are."""
    return {room.desk: room.place for room in rooms}
