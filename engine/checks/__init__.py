"""Looks for mistakes in what the bot is trained from. Pure: reads files, loads no Rasa."""
