"""What stands in for the systems around a support desk, so that the demo has something to ask."""
