"""Who waits for a human: their place, and how long it may take."""
