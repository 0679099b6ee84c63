#!/bin/sh
# In CI only: what a bare Debian machine lacks. On a user's machine nothing is ever installed.
set -eu
[ "${CI:-}" = true ] || exit 0
missing=""
need() {
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need git git
need make make
need python3 python3
python3 -c "import ensurepip, venv" >/dev/null 2>&1 || missing="$missing python3-venv"
need chromium "chromium fonts-liberation"
need redis-server redis-server
# Debian keeps the server's programs off PATH. tests/faults restarts a server of its own, also where
# the other tests are given one.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need initdb postgresql
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Not installed, and only root with apt-get could:$missing" >&2
    exit 0
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of words is meant
apt-get install -y -qq --no-install-recommends ca-certificates $missing >/dev/null
