"""Agents who work outside of the inbox: what they see, what they do, and which card is whose."""
