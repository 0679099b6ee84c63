# Everything starts here; each target is a script, so that it can be read.
# Needs git, make and some Python 3.8 or newer; the rest is brought into this folder.
PYTHON ?= python3
ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help setup up test lint train bench faults lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; \
		do printf '  make %-7s %s\n' "$$name" "$$text"; done

setup: ## install what Firstline needs into this folder (nothing when nothing changed)
	@$(PYTHON) -m scripts.setup $(SETUP_ARGS)

up: setup ## start everything: train if needed, then engine, desk and demo; Ctrl-C stops it
	@.venv/bin/firstline up $(ARGS)

test: SETUP_ARGS = --dev
test: setup ## run all tests (ARGS='-k handoff' for some)
	@sh scripts/test.sh $(ARGS)

lint: SETUP_ARGS = --dev
lint: setup ## run every check that is not a test
	@sh scripts/lint.sh

train: setup ## train the bot on data/, config.yml and domain.yml
	@.venv/bin/firstline train $(ARGS)

bench: SETUP_ARGS = --dev
bench: setup ## measure Firstline beside stock Rasa (ARGS=--desk, --long: many sockets, a million conversations)
	@.venv/bin/python -m benchmarks $(ARGS)

faults: SETUP_ARGS = --dev
faults: setup ## kill whatever runs and count what is lost (ARGS='--schedules 1000')
	@.venv/bin/python -m tests.faults $(ARGS)

lock: setup ## write requirements/*.txt anew (ARGS=--upgrade to move versions)
	@sh scripts/lock.sh $(ARGS)

clean: ## remove what make brought and built; var/ (conversations, accounts) stays
	@rm -rf .venv .venv-engine .tools node_modules frontend/dist models .rasa results \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
