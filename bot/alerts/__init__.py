"""Tells agents who do not look at the inbox what waits for them, where they want to be told."""
