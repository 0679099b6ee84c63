"""Slack: employees ask in a channel, a direct message or the assistant pane (docs/slack.md)."""
