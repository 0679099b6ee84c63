"""What channels remember between their processes."""
