"""What belongs to the installation as a whole, whichever process or machine runs it."""
