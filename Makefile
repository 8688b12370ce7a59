# `make demo` and `make test` do all the set-up on a fresh machine; later runs reuse .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test lint clean

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: install
	$(BIN)/eitherway compare
	@echo "Open runs/jumper/report.html in a browser."

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest

clean:
	rm -rf .venv
