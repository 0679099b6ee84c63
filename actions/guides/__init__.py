"""Guided troubleshooting: one step at a time, until it works or a person takes over."""
