"""What helps agents write: drafts, replies that can be undone, saved replies, suggestions."""
