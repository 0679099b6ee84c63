"""Customers whom the host site knows: it signs who they are, we check it (docs/identity.md)."""
