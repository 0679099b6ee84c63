"""What agents do with a conversation beside answering it; each door is one transaction."""
