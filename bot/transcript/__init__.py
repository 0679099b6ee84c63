"""What was said, for the customer to keep: as a page, or by e-mail."""
