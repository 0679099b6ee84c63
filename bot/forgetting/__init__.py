"""A customer who wants to be forgotten (docs/forgetting.md)."""
