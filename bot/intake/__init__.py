"""What a desk asks before the chat: a form, and consent (docs/widget.md)."""
