"""Firstline's support desk: conversations, routing, handoff, inbox. `bot.main` puts it together."""
