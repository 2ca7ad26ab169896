# Every target sets up its own .venv from nothing.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup serve test test-all check bench bench-endpoint bench-reasoning bench-linking conformance lint format clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

setup: $(VENV)/.done  ## make .venv and install AxisKG with what its tests need

$(VENV)/.done: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "AxisKG needs Python 3.11 to 3.13; set PYTHON=python3.12, say"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev -e .
	@touch $@

serve: setup  ## build the graph if needed and serve it at http://127.0.0.1:8000
	$(BIN)/axiskg serve

test: setup  ## lint, types and the test suite (under 15 minutes)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -n auto --dist loadfile -m "not slow"

test-all: setup  ## the slow suites too: remote engines, browsers, abuse, long fuzzing
	$(PYTEST) -m slow

check: setup  ## the gates: HermiT, SHACL, violation queries, lint
	$(BIN)/axiskg check

conformance: setup  ## W3C SPARQL 1.1 tests over HTTP (W3C=folder of the test suite)
	$(BIN)/python -m benchmarks.conformance $(if $(W3C),--suite $(W3C),)

bench: bench-endpoint bench-reasoning bench-linking  ## all benchmarks

bench-endpoint: setup  ## the endpoint beside oxigraph serve and rdflib-endpoint
	$(BIN)/python -m benchmarks.endpoint

bench-reasoning: setup  ## the reasoner beside owlrl, reasonable, Nemo and SPARQL to fix-point
	$(BIN)/python -m benchmarks.reasoning

bench-linking: setup  ## the linker beside exact labels, rigour and rapidfuzz
	$(BIN)/python -m benchmarks.linking

format: setup  ## let ruff format and fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove what make has built
	rm -rf $(VENV) .axiskg .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
