"""Customers of whom agents say that they are one person (ADR 28). No channel ever asks."""
