"""Employees who ask without writing in a channel: windows, a command, and the home page."""
