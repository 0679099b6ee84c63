"""Who gets a conversation that waits for a human, and why."""
