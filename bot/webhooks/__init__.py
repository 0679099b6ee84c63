"""Tells other programs what happens, by HTTP, signed, again and again until they have it."""
