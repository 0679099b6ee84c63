"""What the app's manifest and what listens have to agree on. Pure."""

COMMAND = "/ithelp"
GLOBAL_SHORTCUT, MESSAGE_SHORTCUT = "firstline_new_request", "firstline_help_with_message"
