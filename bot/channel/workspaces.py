"""Where an app was installed: part of the contract with connectors."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Workspace:
    """A workspace that installed the app, and the token with which the desk speaks there."""

    channel: str
    id: str
    name: str
    token: str = field(repr=False)
    bot_user: str
    bot: str = ""  # the bot's own id, in what it posts
    scopes: tuple[str, ...] = ()
    enterprise: str | None = None


class WorkspaceStore(Protocol):
    """The installations, the same for every process. Tokens are kept encrypted."""

    async def find(self, channel: str, workspace: str) -> Workspace | None:
        """The installation; None where there is none, or its token cannot be read any more."""

    async def all(self, channel: str) -> list[Workspace]:
        """Every installation that can be read, by name."""

    async def keep(self, workspace: Workspace) -> None:
        """Installed, or installed anew."""

    async def remove(self, channel: str, workspace: str) -> None:
        """Uninstalled."""
