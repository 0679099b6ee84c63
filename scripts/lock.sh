#!/bin/sh
# Writes the lock files: versions and hashes, no download address. Existing pins are kept;
# `make lock ARGS=--upgrade` or `ARGS='--upgrade-package httpx'` moves them.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .tools/uv/bin/uv)
[ -x "$uv" ] || uv=.tools/uv-target/bin/uv
lock() {
    name=$1 python=$2
    shift 2
    "$uv" pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
        --python-version "$python" "$@" "requirements/$name.in" -o "requirements/$name.txt"
    echo "requirements/$name.txt"
}
lock engine 3.10 --override requirements/engine_overrides.in "$@"
lock service 3.11 "$@"
lock encoder 3.11 "$@"
lock encoder_weights 3.11 --no-deps "$@"
lock dev 3.11 "$@"
lock node 3.11 "$@"
lock uv 3.8 "$@"
