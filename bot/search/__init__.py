"""Full-text search in English and Polish, on both databases (docs/search.md)."""
