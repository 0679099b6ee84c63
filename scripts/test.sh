#!/bin/sh
# The tests, after training when the bot's training data changed.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/firstline train --if-needed
exec .venv/bin/pytest "$@"
