"""What the bot does besides talking. Runs in the action server (engine environment, CPython 3.10).

Run it: FIRSTLINE_ORDERS_URL=http://127.0.0.1:5056 .venv-engine/bin/python -m rasa_sdk
  --actions actions --port 5055
"""
