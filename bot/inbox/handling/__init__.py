"""The pages and buttons of what agents do with a conversation beside answering it."""
