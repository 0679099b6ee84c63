"""The app's manifest for Slack: no scope wider than what is used, each with its reason. Pure."""

from typing import Any

from connectors.slack.asking.names import COMMAND, GLOBAL_SHORTCUT, MESSAGE_SHORTCUT

# Bot scopes, each with what it is for.
SCOPES = {
    "app_mentions:read": "hears when somebody writes @Firstline in a channel that it is in",
    "assistant:write": "answers in the assistant pane, and shows there that it is at work",
    "channels:history": "reads posts of the public channels that it was added to, and no others",
    "channels:read": "checks that the configured public channels exist and that it is in them",
    "chat:write": "answers in threads, and updates its own buttons",
    "commands": "`/ithelp`, and the shortcuts that open a request",
    "files:read": "fetches the screenshots that people post, so that agents see them, and the files"
    " that agents choose to send",
    "files:write": "puts the files of agents into the thread",
    "groups:history": "the same in private channels that it was added to (the triage channel)",
    "groups:read": "checks private channels, and reads who is in the triage channel",
    "im:history": "reads direct messages that people write to it",
    "im:write": "writes to somebody first: about their own request, and nothing else",
    "reactions:write": "puts the eyes under a request, so that people see that it was read",
    "users:read": "names, time zones, languages; whether somebody is a guest",
    "users:read.email": "the address under which the desk knows the person",
}
# What makes the desk look at once whether a channel of its is well (watch.py).
CHANNEL_EVENTS = (
    *("channel_archive", "channel_unarchive", "channel_deleted", "channel_left"),
    *("group_archive", "group_unarchive", "group_deleted", "group_left"),
)
EVENTS = (
    *CHANNEL_EVENTS,
    *("app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked"),
    *("assistant_thread_started", "assistant_thread_context_changed"),
    *("message.channels", "message.groups", "message.im"),
)
NAME = "Firstline"


# `Any`: JSON, as Slack documents manifests.
def manifest(*, name: str = NAME, url: str | None = None) -> dict[str, Any]:
    """For Socket Mode; with `url`, the desk's public address, for events over HTTP and OAuth."""
    address = url.rstrip("/") if url else None
    events: dict[str, Any] = {"bot_events": sorted(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES)}}
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Ask for help",
        "usage_hint": "my laptop hangs",
        "should_escape": True,
    }
    if address:
        command["url"] = f"{address}/slack/events"
        events["request_url"] = interactivity["request_url"] = f"{address}/slack/events"
        oauth["redirect_urls"] = [f"{address}/slack/oauth"]
    return {
        "display_information": {
            "name": name,
            "description": "Ask for help: answered in the thread, by a person when need be",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "assistant_view": {"assistant_description": "Ask what you need or what does not work"},
            "slash_commands": [command],
            "shortcuts": [
                {
                    "name": "Get IT help",
                    "type": kind,
                    "callback_id": callback,
                    "description": "Opens a request",
                }
                for kind, callback in (("global", GLOBAL_SHORTCUT), ("message", MESSAGE_SHORTCUT))
            ],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def explained() -> list[tuple[str, str]]:
    """(scope, what for), in the order of the manifest."""
    return sorted(SCOPES.items())
