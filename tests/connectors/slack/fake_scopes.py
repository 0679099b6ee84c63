"""Which scope Slack wants for what, as its pages of methods and events say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.connectors.slack.fake_world import Json, World

# Of a method that has another scope for each kind of conversation.
HISTORY = {"public": "channels:history", "private": "groups:history", "direct": "im:history"}
READ = {"public": "channels:read", "private": "groups:read", "direct": "im:read"}
# None: any token will do.
METHODS: dict[str, str | dict[str, str] | None] = {
    "apps.connections.open": None,  # the app-level token's `connections:write`
    "assistant.threads.setStatus": "assistant:write",
    "auth.test": None,
    "chat.delete": "chat:write",
    "chat.getPermalink": None,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.members": READ,
    "conversations.open": "im:write",
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "oauth.v2.access": None,
    "reactions.add": "reactions:write",
    "users.getPresence": "users:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.update": None,
}
EMAIL = "users:read.email"  # without it, users.info leaves the address out
EVENTS: dict[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "assistant_thread_context_changed": "assistant:write",
    "assistant_thread_started": "assistant:write",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_unarchive": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "tokens_revoked": None,
}


def missing(slack: World, method: str, said: Json) -> str | None:
    """The scope that this call wants and the tokens have not got."""
    wanted = METHODS.get(method)
    if isinstance(wanted, dict):
        wanted = wanted[_kind(slack, str(said.get("channel", "")))]
    return None if wanted is None or has(slack, wanted) else wanted


def has(slack: World, scope: str) -> bool:
    """Whether the workspace has granted it."""
    return scope in slack.scopes.split(",")


def _kind(slack: World, channel: str) -> str:
    if channel.startswith("D"):
        return "direct"
    is_private = channel.startswith("G") or slack.channels.get(channel, {}).get("is_private")
    return "private" if is_private else "public"
