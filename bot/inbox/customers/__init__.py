"""The page of a customer: who they are, and everything that they ever asked."""
