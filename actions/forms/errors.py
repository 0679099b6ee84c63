"""What an action may say when the system behind it does not answer."""

from __future__ import annotations


class ServiceDown(Exception):
    """A system is unreachable, too slow, or answers what we do not understand."""
