"""The workspaces that we are in: that of the configured token, and those that installed us."""

import time
from collections.abc import Callable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channel import Workspace, WorkspaceStore
from connectors.slack.faults import PASSING, NotInstalled, Refused, Unreachable

CHANNEL = "slack"
KEPT_SECONDS = 60.0  # another process may install or remove one


class Teams:
    """Which token speaks where."""

    def __init__(
        self, store: WorkspaceStore, *, token: str | None, client: Callable[[str], AsyncWebClient]
    ) -> None:
        self._store = store
        self._token = token
        self._client = client
        self._own: Workspace | None = None
        self._kept: dict[str, tuple[float, Workspace]] = {}

    async def of(self, team: str) -> Workspace:
        """The installation there; raises NotInstalled, or Unreachable without Slack's answer."""
        until, workspace = self._kept.get(team, (0.0, None))
        if workspace is not None and time.monotonic() < until:
            return workspace
        found = await self._find(team)
        if found is None:
            self._kept.pop(team, None)
            raise NotInstalled("auth.test", f"not installed in {team}")
        self._kept[team] = (time.monotonic() + KEPT_SECONDS, found)
        return found

    async def _find(self, team: str) -> Workspace | None:
        own = await self.own()
        if own is not None and team in (own.id, own.enterprise):
            return own
        return await self._store.find(CHANNEL, team)

    async def own(self) -> Workspace | None:
        """The workspace of the configured token, as Slack tells it; None without a token."""
        if self._own is None and self._token is not None:
            self._own = await self.ask(self._token)
        return self._own

    async def all(self) -> list[Workspace]:
        """Every workspace, the configured one first."""
        own = await self.own()
        return [*([own] if own else []), *await self.installed()]

    async def installed(self) -> list[Workspace]:
        """Every workspace that installed us; Slack need not be asked."""
        return await self._store.all(CHANNEL)

    async def keep(self, workspace: Workspace) -> None:
        """Installed, or installed anew."""
        await self._store.keep(workspace)
        self._kept.pop(workspace.id, None)

    async def remove(self, team: str) -> None:
        """Uninstalled, or its tokens were revoked."""
        await self._store.remove(CHANNEL, team)
        self._kept.pop(team, None)

    async def ask(self, token: str) -> Workspace:
        """Whose token this is; raises Refused or Unreachable."""
        try:
            said = await self._client(token).auth_test()
        except SlackApiError as error:
            data = getattr(error.response, "data", None)
            code = data.get("error") if isinstance(data, dict) else None
            if code and code not in PASSING:
                raise Refused("auth.test", str(code)) from error
            raise Unreachable("auth.test", "no answer that we understand") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable("auth.test", type(error).__name__) from error
        scopes = said.headers.get("x-oauth-scopes") or said.headers.get("X-OAuth-Scopes") or ""
        return Workspace(
            channel=CHANNEL,
            id=str(said["team_id"]),
            name=str(said.get("team") or said["team_id"]),
            token=token,
            bot_user=str(said["user_id"]),
            bot=str(said.get("bot_id") or ""),
            scopes=tuple(scope.strip() for scope in scopes.split(",") if scope.strip()),
            enterprise=said.get("enterprise_id"),
        )
