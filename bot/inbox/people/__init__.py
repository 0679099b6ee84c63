"""Pages about accounts: the way in by a link, one's own, other people's, and who did what."""
