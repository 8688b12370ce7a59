# `make demo` and `make test` do all the set-up on a fresh machine; later runs reuse .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo notebook test lint clean

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@echo "Installing into .venv: about two minutes the first time."
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: install
	$(BIN)/eitherway compare
	@echo "Open runs/jumper/report.html in a browser."

# Executes notebooks/either_way.py into the notebook beside it, outputs kept. `--check` instead: see the script.
notebook: install
	$(BIN)/python -m notebooks.execute

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest --numprocesses 2 --dist loadfile  # two at a time; what a file shares is made once

clean:
	rm -rf .venv
