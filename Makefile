# Everything one does with a checkout. `make run` and `make test` set up what they need themselves.

VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that is new enough.
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$each"; break; }; done)
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
UV := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11 pyproject.toml --group build
RUN_OPTIONS ?=
TEST_OPTIONS ?= -n 2
BENCH_OPTIONS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test generate check contract format lock bench bench-peers clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY_DEV) ## Make the virtual environment, with the tools of development

run: $(READY) ## Serve the shipped document; without OPENAI_API_KEY with made-up answers
	@$(BIN)/specrelay serve --stand-in auto $(RUN_OPTIONS)

test: $(READY_DEV) ## Run all tests
	@$(BIN)/pytest $(TEST_OPTIONS)

generate: $(READY_DEV) ## Write all that is made of the document, after it was edited
	@$(BIN)/specrelay generate

check: $(READY_DEV) ## Check format, lint, types, the document and the tree's rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/specrelay generate check
	@$(BIN)/specrelay check --document
	@$(BIN)/specrelay lint actions
	@$(BIN)/pytest --quiet tests/test_tree.py

contract: $(READY_DEV) ## Try a document's contract: SPEC=path SEED=number TAG=name
	@$(BIN)/python -m tests.contract.run_contract $(if $(SPEC),--spec "$(SPEC)") $(if $(SEED),--seed "$(SEED)") $(if $(TAG),--tag "$(TAG)")

format: $(READY_DEV) ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

lock: $(READY_DEV) ## Resolve the dependencies anew and write requirements/*.txt
	@$(PIP) uv
	@$(UV) --upgrade --output-file requirements/run.txt
	@$(UV) --upgrade --group dev --constraint requirements/run.txt --output-file requirements/dev.txt

bench: $(READY_DEV) ## Measure against rivals, within ten minutes; build/bench.json
	@$(BIN)/python -m tests.bench.all $(BENCH_OPTIONS)

bench-peers: $(READY_DEV) ## Measure beside LiteLLM, Portkey and Prism; PEERS_OPTIONS=--no-bars prints only
	@$(BIN)/python -m tests.bench.peers $(PEERS_OPTIONS)

clean: ## Remove what was made here, the virtual environment included
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Specrelay needs Python 3.11 or newer. Install it, or run: make PYTHON=/path/to/python3" >&2; \
		exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python cannot make virtual environments. On Debian: apt-get install python3-venv" >&2; \
		rm -rf $(VENV); exit 1; }

$(READY): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) …" >&2
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(READY_DEV): requirements/dev.txt $(READY)
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
