# Two commands need nothing but Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
# Trust what this machine trusts, as pip does (a company's certificate).
export UV_NATIVE_TLS := true
export UV_SYSTEM_CERTS := true

.DEFAULT_GOAL := help
.PHONY: help demo test run check fix docs bench lock chromium pgbouncer

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.run  ## from nothing to the running system with the Carana mission and a quarterly report
	$(BIN)/python -m openmara demo

run: $(VENV)/.run  ## start the server
	$(BIN)/python -m openmara run

test: $(VENV)/.dev chromium pgbouncer  ## from nothing to the test suite passed
	@$(in_memory) $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

# Hundreds of databases are cloned: in memory where there is room for them (3 GB), else where the installation keeps its data.
in_memory = if test -z "$$OPENMARA_DATA$$DATABASE_URL" && test "$$(df -kP /dev/shm 2>/dev/null | awk 'END {print $$4+0}')" -gt 3000000; then \
	 OPENMARA_DATA=$$(mktemp -d /dev/shm/openmara-test.XXXXXX) && export OPENMARA_DATA && trap 'rm -rf "$$OPENMARA_DATA"' EXIT INT TERM; fi;

check: $(VENV)/.dev  ## style, types, code lists
	$(BIN)/ruff check .
	$(BIN)/mypy openmara
	$(BIN)/python -m openmara vocabulary --check

fix: $(VENV)/.dev  ## repair what the style check can repair itself
	$(BIN)/ruff check --fix .

docs: $(VENV)/.run  ## write the generated reference pages
	$(BIN)/python -m openmara reference

bench: $(VENV)/.run  ## all benchmarks at their small size
	$(BIN)/python -m openmara bench all --size ci --json

lock: $(VENV)/.dev  ## pin the dependencies anew, with hashes
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements-dev.txt

# The package manager's Chromium and PgBouncer where the user may install them; what needs them is reported as not run where they are missing.
chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
	 || test -n "$$OPENMARA_CHROMIUM" || $(call install,chromium,Chromium for the browser journeys)

pgbouncer:
	@PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null 2>&1 || $(call install,pgbouncer,PgBouncer for the tests behind a pool)

install = { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 && echo "Installing $(2)" && apt-get update -qq \
	 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1) >/dev/null 2>&1; } || true

$(VENV)/.venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "OpenMARA needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.txt
	ln -sf ../../bin/openmara $(BIN)/openmara
	touch $@

# uv is quick; where it cannot reach the packages the way pip is set up to, pip does the same from the same file.
$(VENV)/.run: $(VENV)/.venv requirements.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.txt \
	 || { echo 'uv could not reach the packages; pip installs the same files instead (slower).'; $(BIN)/python -m pip install -q --require-hashes -r requirements.txt; }
	touch $@

$(VENV)/.dev: $(VENV)/.venv requirements-dev.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt \
	 || { echo 'uv could not reach the packages; pip installs the same files instead (slower).'; $(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt; }
	touch $@ $(VENV)/.run
