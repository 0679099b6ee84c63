"""What messages name: numbers, dates, things. Only extractor.py knows Rasa."""
