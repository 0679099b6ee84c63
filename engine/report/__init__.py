"""`firstline nlu report`: the shipped bot on messages that it was never shown."""
