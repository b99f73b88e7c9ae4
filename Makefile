# The commands of the portal. They need git, make and Python 3.11 to 3.13 with venv, nothing else prepared.

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak backup restore reset manage messages schema lock screenshots setup

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile --require-hashes
# Which locked set lies in .venv is told by a stamp that carries the lock's checksum.
sum = $(firstword $(shell cksum < requirements/$(1).txt))
RUN := .venv/run-$(call sum,run)
DEV := .venv/dev-$(call sum,dev)
# Types, migrations and the deploy check import settings: they get a deployment's, with throw-away keys.
EXAMPLE := $(BIN)/python -m vssid.up.example
WORKERS ?= 2
# Node packages of tests: a certified OpenID provider and client; the TypeScript client of the API.
NODE := $(addsuffix /node_modules/.package-lock.json,tests/vneid/certified tests/api/clients/typescript)

help:  ## these lines
	@sed -n 's/^\([a-z]*\):.*## */\1\t/p' Makefile | expand -t 14

run: $(RUN)  ## the whole portal on this machine, with demonstration data (PORT, VNEID_PORT)
	@$(PYTHON) vssid/up/system.py run
	@exec $(BIN)/python -m vssid.up

test: $(DEV)  ## every test; ARGS="-k otp" goes to pytest
	@$(PYTHON) vssid/up/system.py test
	@$(MAKE) --no-print-directory $(NODE)
	@$(EXAMPLE) python manage.py messages --compile
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not soak" $(ARGS)

soak: $(DEV)  ## the long tests, at most an hour
	@$(PYTHON) vssid/up/system.py test
	@$(BIN)/python -m pytest -m soak $(ARGS)

bench: $(DEV)  ## the benchmarks; ARGS="outbox" runs one group, SCALE sets the persons of the storage group
	@$(PYTHON) vssid/up/system.py test
	@$(BIN)/python -m tests.benchmarks $(ARGS)

check: $(DEV)  ## formatting, lint, types, import contracts, migrations, translations, deploy check, lock
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(EXAMPLE) mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet
	$(EXAMPLE) python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(EXAMPLE) python manage.py messages --check
	$(EXAMPLE) python manage.py api_schema --check
	$(EXAMPLE) python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m vssid.up.requirements

backup: $(RUN)  ## database and stored files as one encrypted archive (TO=file, else in var/backup)
	@$(BIN)/python -m vssid.up manage backup $(if $(TO),--to "$(TO)")

restore: $(RUN)  ## FROM=file; refuses a damaged archive, and a database in use unless FORCE=1
	@test -n "$(FROM)" || { echo "say which archive: make restore FROM=var/backup/…" >&2; exit 1; }
	@$(BIN)/python -m vssid.up manage restore "$(FROM)" $(if $(filter 1,$(FORCE)),--force)

reset: $(RUN)  ## deletes the data in var/ (asks; FORCE=1 does not)
	@$(BIN)/python -m vssid.up.reset

manage: $(RUN)  ## one command of manage.py in the environment of make run: ARGS="verify_audit"
	@$(BIN)/python -m vssid.up manage $(ARGS)

messages: $(DEV)  ## brings the catalogues up to date and compiles them
	@$(EXAMPLE) python manage.py messages

schema: $(DEV)  ## writes docs/api/openapi.json from the code; refuses what would break clients
	@$(EXAMPLE) python manage.py api_schema

lock: $(DEV)  ## writes requirements/*.txt from pyproject.toml (needs uv)
	uv lock --quiet
	uv export --quiet --format requirements-txt --no-header --no-annotate --no-emit-project --no-dev --extra deploy -o requirements/production.txt
	uv export --quiet --format requirements-txt --no-header --no-annotate --no-emit-project --no-dev --group run -o requirements/run.txt
	uv export --quiet --format requirements-txt --no-header --no-annotate --no-emit-project --extra deploy --group dev -o requirements/dev.txt
	$(BIN)/python -m vssid.up.requirements

screenshots: $(DEV)  ## takes the pictures for the README anew
	@$(BIN)/python -m pytest -q -m browser -k journey --screenshots docs/pictures $(ARGS)

setup: $(DEV)  ## everything for development, without running anything
	@$(PYTHON) vssid/up/system.py test
	@$(MAKE) --no-print-directory $(NODE)
	@$(EXAMPLE) python manage.py messages --compile

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

$(RUN): | .venv/bin/python
	@echo "installing the packages of requirements/run.txt"
	@$(PIP) -r requirements/run.txt
	@rm -f .venv/run-*; touch $@

# The development set holds the whole run set.
$(DEV): | .venv/bin/python
	@echo "installing the packages of requirements/dev.txt"
	@$(PIP) -r requirements/dev.txt
	@rm -f .venv/dev-* .venv/run-*; touch $@ $(RUN)

%/node_modules/.package-lock.json: %/package-lock.json
	@echo "installing the packages of $<"
	@cd $* && npm ci --silent --ignore-scripts --no-audit --no-fund --no-update-notifier
	@touch $@
