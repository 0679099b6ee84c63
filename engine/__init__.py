"""Firstline's extensions of Rasa. Runs in the engine environment only (CPython 3.10)."""
