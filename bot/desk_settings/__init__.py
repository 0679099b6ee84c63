"""What a desk's table in `desks.toml` may hold beside its name."""
