#!/bin/sh
# The tests, after training when the bot's training data changed: all of them, several parts at a time
# (tests/lanes.py), or what the arguments select. The desk's, the connectors' and the system's run once
# more on PostgreSQL: on the server that FIRSTLINE_TEST_DATABASE_URL names, or on one started for them.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/firstline train --if-needed
[ $# -gt 0 ] || exec .venv/bin/python -m tests.lanes
failed=0
.venv/bin/pytest "$@" || failed=$?

places="tests/bot tests/connectors tests/system"
for argument in "$@"; do
    if [ -e "${argument%%::*}" ]; then places=""; fi
done
own=$(.venv/bin/python -c 'import tests.lanes as l; print(*("--ignore=" + p for p in l.OWN_POSTGRES))')
# shellcheck disable=SC2086  # lists of words are meant
.venv/bin/python -m tests.postgres .venv/bin/pytest $places $own "$@" || failed=$?
exit "$failed"
