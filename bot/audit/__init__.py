"""Who did what from where, written in the transaction of the act itself."""
