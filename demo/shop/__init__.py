"""The shop behind demo/orders.py: its orders, its rules, and what customers asked for."""
