# The one door: `make help` lists what there is. Needs python3.11 (or later) and make, nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
T ?= tests
NODES ?= 1
WORKERS ?= $(if $(filter tests,$(T)),2,0)
STAMP := .venv/installed
HOMES = $(dir $(wildcard $(foreach below,. * */* */*/* */*/*/*,.qipan/$(below)/postgres)))
MESSAGES := $(wildcard qipan/faces/*/locale/*/LC_MESSAGES/*.po)

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(STAMP) .venv/messages ## Make the virtual environment .venv with every dependency, as locked

$(STAMP): requirements/dev.txt pyproject.toml setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/messages: $(STAMP) $(MESSAGES)
	@for catalogue in $(MESSAGES); do
	  $(BIN)/pybabel --quiet compile --input-file "$$catalogue" --output-file "$${catalogue%.po}.mo"
	done
	touch $@

.PHONY: demo
demo: install ## Start a province on this machine and show where to look; NODES=3 for hub, city and hospitals
	@$(BIN)/qipan demo --nodes $(NODES)

.PHONY: tour
tour: install ## Walk through one life event in the terminal; NODES=3 across three nodes
	@$(BIN)/qipan tour --nodes $(NODES)

.PHONY: app
app: install ## Start an agency's sample app, where people sign in with their account, beside the demo
	@$(BIN)/python samples/app/start.py

.PHONY: bench
bench: install ## Measure the claims in bench/, side by side with their rivals
	@$(BIN)/python -m bench

.PHONY: test
test: install ## Run the tests, two at a time; one path, one at a time, with T=tests/core
	@$(BIN)/python -m pytest -n $(WORKERS) $(T)

.PHONY: search
search: install ## Look for new counterexamples to the properties; `make test` tries the same ones each time
	@$(BIN)/python -m pytest -m hypothesis --hypothesis-profile=search $(T)

.PHONY: lint
lint: install ## Check contracts between packages, style and types
	@$(BIN)/lint-imports --no-cache
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: format
format: install ## Rewrite the code in the one style
	@$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

.PHONY: messages
messages: $(STAMP) ## Collect the words of each face into its catalogues, and compile them
	@for face in qipan/faces/*/; do
	  folder="$${face}locale"
	  test -d "$$folder" || continue
	  $(BIN)/pybabel --quiet extract --mapping pyproject.toml --project qipan --no-location --sort-output \
	    --keywords "gettext_lazy ngettext_lazy:1,2 pgettext_lazy:1c,2" --output "$$folder/django.pot" "$$face"
	  $(BIN)/pybabel --quiet update --domain django --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --init-missing \
	    --locale en --input-file "$$folder/django.pot" --output-dir "$$folder"
	done
	rm -f .venv/messages
	$(MAKE) .venv/messages

.PHONY: lock
lock: $(STAMP) ## Pin every dependency again, at its newest allowed version
	@for part in "lock" "dev --extra dev"; do
	  set -- $$part
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --output-file "requirements/$$1.txt" "$${@:2}" pyproject.toml
	done

.PHONY: stop
stop: ## Stop the embedded databases
	@for home in $(HOMES); do
	  $(BIN)/python -c "import sys; from pathlib import Path; \
	    from qipan.adapters.embedded_postgres import stop; stop(Path(sys.argv[1]))" "$$home"
	done

.PHONY: clean
clean: stop ## Remove everything that was made here, sample data and databases included
	@for home in $(HOMES); do
	  rm -rf "$$(readlink -f "$$home/postgres")"
	done
	rm -rf .qipan .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info
