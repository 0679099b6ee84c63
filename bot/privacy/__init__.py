"""What customers should not send to a chat, and how it is kept out of everything we store. Pure."""
