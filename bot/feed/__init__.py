"""What happens at the desk, as one numbered list for other programs."""
