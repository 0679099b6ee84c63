#!/bin/sh
# Builds what browsers load. `make setup` calls this with Node on PATH; `frontend/dist` is ignored.
set -eu
cd "$(dirname "$0")/.."
mkdir -p frontend/dist
.venv/bin/python -m bot.texts widget >frontend/dist/texts.json
node frontend/build.mjs
