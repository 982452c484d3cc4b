# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# `make help` lists what there is.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 3

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
	  awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: ## make .venv with everything, from a fresh checkout of a fresh machine
	@scripts/setup.sh $(PYTHON)

demo: setup ## play the bundled improvisation through Part 1: WAV, bag and picture in out/demo
	@$(BIN)/descant demo

film: setup ## a 1080p film of the bundled improvisation through all four parts: out/performance.mp4
	@mkdir -p out && $(BIN)/descant render performance.mid -o out/performance.mp4 --force

rehearse: setup ## the same improvisation through the live graph, with the keyboard as the camera
	@$(BIN)/descant launch performance piano:=file:performance.mid camera:=keyboard

quick: ## after make setup or make develop: the tests without graph, JACK and slow ones, in a minute
	@$(BIN)/python -m pytest -q -n logical --dist loadgroup -m "not graph and not jack and not proof and not slow"

test: setup ## run the tests
	@scripts/packages.sh tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --rerun-show-tracebacks

proof: setup ## all tests, the long ones too: faults, several machines, every way to replay
	@scripts/packages.sh tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --rerun-show-tracebacks -m ""

lint: setup ## ruff, mypy and import-linter
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && scripts/layers.sh

develop: ## like setup, with the Python sources of this checkout used in place
	@scripts/develop.sh $(PYTHON)

bench: setup ## take every figure anew, about 30 minutes on 2 cores: docs/benchmarks.md
	@scripts/packages.sh benchmarks
	@$(BIN)/python -m pip install -q -r bench/requirements.txt
	@$(BIN)/python bench/run.py $(ONLY)

soak: setup ## half an hour of the whole performance at 4 times speed: does anything grow?
	@$(BIN)/python bench/soak.py --minutes $(or $(MINUTES),30)

clean: ## remove what was built, not what was recorded
	rm -rf .venv build *.egg-info

.PHONY: help setup demo film rehearse quick test proof lint develop bench soak clean
