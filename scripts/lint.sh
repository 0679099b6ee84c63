#!/bin/sh
# Every check that is not a test. Runs them all, then says which failed.
set -u
cd "$(dirname "$0")/.."
failed=""
check() {
    name=$1
    shift
    printf '%s\n' "- $name"
    "$@" || failed="$failed, $name"
}
bin=.venv/bin
check "ruff check" $bin/ruff check --quiet .
check "ruff format" $bin/ruff format --quiet --check --diff .
check "types of the service" $bin/mypy bot connectors demo scripts tests benchmarks
check "types of the engine" $bin/mypy --python-version 3.10 \
    --python-executable .venv-engine/bin/python engine actions
check "layers" $bin/lint-imports --no-logo
check "types of the browser files" $bin/python -m scripts.with_node node_modules/.bin/tsc -p tsconfig.json
check "file sizes" $bin/python -m scripts.check_size
check "addresses" $bin/python -m scripts.check_addresses
if [ -n "$failed" ]; then
    printf '\nFailed: %s\n' "${failed#, }" >&2
    exit 1
fi
echo "All checks passed."
