# The commands of Milepost. Needs python3 3.11 or newer with venv, and make; nothing else.
PYTHON ?= python3
JOBS   ?= 2
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check
UV     := --universal --python-version 3.11 --generate-hashes
UV     += --no-emit-index-url --no-emit-find-links --no-header
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help needs setup setup-run ui demo run test check soak lab bench lock new-connector

help:
	@echo 'make demo                 open the hub on a sample organisation (RESET=1: anew)'
	@echo 'make test                 set everything up and pass all tests'
	@echo 'make run                  the hub on milepost.yaml and data/ in this folder'
	@echo 'make check                format, lint, types, import contracts, fast tests'
	@echo 'make soak | lab | bench   the full sizes | real servers | the benchmarks'
	@echo 'make lock | ui            the locks anew | the dashboard'
	@echo 'make new-connector NAME=  start a connector that works, to be changed'

needs:
	@$(PYTHON) -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'Milepost needs python3 3.11 or newer with venv. On Debian: apt-get install -y python3 python3-venv make' >&2; exit 1; }

# A stamp is newer than the locks it was made from, so a second call has nothing to do.
$(VENV)/pip.stamp: | needs
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: locks/run.txt locks/build.txt pyproject.toml $(VENV)/pip.stamp
	@echo 'Installing what the hub needs (the first time about a minute) …'
	@$(PIP) --require-hashes -r locks/run.txt
	@$(PIP) --require-hashes -r locks/build.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: locks/dev.txt $(VENV)/run.stamp
	@echo 'Installing what the tests need …'
	@$(PIP) --require-hashes -r locks/dev.txt
	@touch $@

setup-run: needs $(VENV)/run.stamp
setup: setup-run $(VENV)/dev.stamp

ui: setup-run
	@test "$$MILEPOST_SKIP_UI" = 1 || $(BIN)/python hatch_build.py

demo: setup-run ui
	@exec $(BIN)/python -m deploy.demo $(if $(RESET),--reset)

run: setup-run ui
	@test -f milepost.yaml || { cp deploy/first/milepost.yaml milepost.yaml; echo 'Wrote a first milepost.yaml.'; }
	@exec $(BIN)/milepost serve

# Two processes, a file of tests in one of them; each has servers of its own.
test: setup ui $(VENV)/ui-check.stamp
	-@$(BIN)/python -m deploy.lab prepare
	@$(BIN)/python -m pytest -m 'not soak' -rs -n $(JOBS) --dist loadfile

check: setup $(VENV)/ui-check.stamp
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -m 'not slow and not soak and not needs_system' -n $(JOBS) --dist loadfile

# The dashboard's types and tests, when one of its files is newer than the last time.
UI_SOURCES := $(shell find hub/dashboard hub/i18n -name node_modules -prune -o -name dist -prune -o -type f -print)
$(VENV)/ui-check.stamp: $(UI_SOURCES) $(VENV)/run.stamp
	@$(BIN)/python hatch_build.py check
	@touch $@

soak: setup ui
	@$(BIN)/python -m deploy.soak
	@$(BIN)/python -m deploy.bench --write

lab: setup ui
	@exec $(BIN)/python -m deploy.lab_with_hub

bench: setup
	@exec $(BIN)/python -m deploy.bench

lock: needs
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip install -qq uv; }
	.venv-lock/bin/uv pip compile -q $(UV) pyproject.toml -o locks/run.txt
	.venv-lock/bin/uv pip compile -q $(UV) -c locks/run.txt --extra mpp pyproject.toml -o locks/mpp.txt
	.venv-lock/bin/uv pip compile -q $(UV) -c locks/run.txt --group dev pyproject.toml -o locks/dev.txt
	.venv-lock/bin/uv pip compile -q $(UV) -c locks/run.txt -c locks/dev.txt --group build -o locks/build.txt

new-connector: needs
	@$(PYTHON) -m deploy.new_connector '$(NAME)'
