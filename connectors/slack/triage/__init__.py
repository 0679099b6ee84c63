"""Agents in Slack: a card for each handoff in a desk's private channel, and what they do there."""
