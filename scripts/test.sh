#!/bin/sh
# The tests, after training when the bot's training data changed; then the desk's and the system's once
# more, on PostgreSQL: on the server that FIRSTLINE_TEST_DATABASE_URL names, or on one started for them.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/firstline train --if-needed
failed=0
.venv/bin/pytest "$@" || failed=$?

places="tests/bot tests/connectors tests/system"
for argument in "$@"; do
    if [ -e "${argument%%::*}" ]; then places=""; fi
done
# What brings its own PostgreSQL has run on it already.
own="--ignore=tests/bot/several --ignore=tests/bot/migrations --ignore=tests/bot/db
    --ignore=tests/system/test_up_several.py"
# shellcheck disable=SC2086  # lists of words are meant
.venv/bin/python -m tests.postgres .venv/bin/pytest $places $own "$@" || failed=$?
exit "$failed"
