"""Where in Slack a conversation is, as the desk's key of its thread. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A thread of a channel; without `thread` a direct message as a whole."""

    team: str  # where our app is installed
    channel: str
    thread: str | None = None  # the time stamp of its first post

    @property
    def key(self) -> str:
        """The desk's key of the thread."""
        return ":".join(filter(None, (self.team, self.channel, self.thread)))

    @property
    def is_direct(self) -> bool:
        """Whether it is in a direct message: Slack names those so."""
        return self.channel.startswith("D")

    @classmethod
    def of(cls, key: str) -> "Place":
        """The place behind a key; raises ValueError for what is none."""
        team, channel, *rest = key.split(":")
        if not team or not channel or len(rest) > 1:
            raise ValueError(f"{key!r} is no place in Slack.")
        return cls(team, channel, rest[0] if rest else None)


def message_key(team: str, channel: str, ts: str) -> str:
    """The desk's key of a post: the same however often Slack sends it."""
    return f"{team}:{channel}:{ts}"
