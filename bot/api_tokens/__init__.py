"""How other programs get in: tokens, each one agent's and within scopes."""
