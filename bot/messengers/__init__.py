"""Puts the messengers' connectors together with the desk, where they are set up."""
