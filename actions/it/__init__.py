"""The IT desk's forms: <use case>_form.py declares one (no Rasa in it), <use case>.py acts."""
