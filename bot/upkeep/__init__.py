"""No conversation in limbo: each has an owner, or a queue and a deadline."""
