# Two commands do everything: `make demo` and `make test`. Both set up what they need, once.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
MODEL ?= default
LOCAL := $(if $(filter small,$(MODEL)),local-small,local)
BIN := .venv/bin

# Evaluations and long runs: each prints a table, writes reports/NAME.json, and fails when a target is missed.
.PHONY: demo test check format lock clean eval chaos replicas bench setup-test setup-demo setup-eval setup-local

demo: setup-demo
	@$(BIN)/firstline demo $(if $(RESET),--reset)

test: setup-test
	@$(BIN)/python scripts/test.py

check: setup-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: setup-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup-test
	@scripts/lock.sh

eval: setup-eval
	@$(BIN)/python -m evals.cases

eval-%: setup-eval
	@$(BIN)/python -m evals.$(subst -,_,$*)

chaos: setup-eval
	@$(BIN)/python -m evals.chaos

replicas: setup-eval
	@$(BIN)/python -m evals.replicas

bench: setup-eval
	@$(BIN)/python -m bench.run

setup-demo: python
	@$(PYTHON) scripts/setup.py base all $(LOCAL)

setup-test: python
	@$(PYTHON) scripts/setup.py base dev

setup-eval: python
	@$(PYTHON) scripts/setup.py base dev local-base

setup-local: python
	@$(PYTHON) scripts/setup.py base $(LOCAL)

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Firstline needs Python 3.11, 3.12 or 3.13 on the PATH (or PYTHON=/path/to/python)."; exit 2; }

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis reports
