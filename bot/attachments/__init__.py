"""Files that customers and agents send each other: checked, kept outside the database."""
