"""`firstline nlu benchmark`: any pipeline on any labelled messages, with published measures."""
