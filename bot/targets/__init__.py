"""Until when somebody should answer, and what follows when nobody does."""
