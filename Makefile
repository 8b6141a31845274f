# Rapport. `make help` lists what there is.
.DEFAULT_GOAL := help
PY := .venv/bin/python
PYTHON ?= python3
ARGS ?=
# One more than two cores: tests that talk to servers wait a quarter of their time.
WORKERS ?= 4
# Tests that write much wait for a disk most of the time: in memory when there is room for it (kill -9 takes nothing from memory).
TESTS_IN := $(shell room=$$(df --output=avail -k /dev/shm 2>/dev/null | tail -1); \
	test -w /dev/shm && test "$${room:-0}" -gt 4000000 && echo /dev/shm || echo "$${TMPDIR:-/tmp}")
HTMX := web/static/vendor/htmx.min.js
# Three workers and hundreds of commands load the same modules: whoever is first leaves them compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check lint types suite fix services sim corpus fuzz bench screenshots

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .setup-done $(HTMX) ## Make .venv and fetch everything, locked by hashes

.setup-done: requirements/dev.txt pyproject.toml
	@echo "Setting up: this is done once."
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .setup-done

$(HTMX): package-lock.json | .setup-done
	@$(PY) tools/fetch_front_end.py

demo: setup ## Show the main job in a browser; ARGS=--headless runs it to the end and prints what happened
	@.venv/bin/rapport demo $(ARGS)

# What takes seconds is told at once. Types take a minute of one core: beside the tests, which have work for the other.
test: setup ## Run every check and every test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory -j 2 types suite

check: lint types ## Format, lint, floors, spelling, types

lint: setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/codespell README.md CHANGELOG.md CONTRIBUTING.md docs kit mailer/*.py crm/*.py crm/models sequences web templates \
		--skip 'web/static/vendor,web/locale,docs/pictures,mailer/folder_names.py,web/demo/cast.py,sequences/pitches/lint_words.py,sequences/pitches/reading_grade.py,sequences/pitches/spam_phrases.py' --ignore-words-list 're-use,fo,ines,unparseable,ser,sting,nd,ist,dezember'

types: setup
	@.venv/bin/mypy

# Collected once before: so one process compiles the tests, not every worker; what is wrong with them the run will say.
suite: setup
	@$(PY) -m pytest --collect-only -q $(ARGS) >/dev/null 2>&1 || true
	@TMPDIR=$(TESTS_IN) $(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

fix: setup ## Format, and mend what can be mended by itself
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

services: ## Install the servers that some tests need (Debian and Ubuntu, by apt-get)
	@tools/install_services

sim: setup ## The long simulation: 5,000 worlds, 10,000 races, 200 real races, 200 kills for each database
	@RAPPORT_KILLS=$${RAPPORT_KILLS:-200} RAPPORT_KILL_SENDS=$${RAPPORT_KILL_SENDS:-1000} RAPPORT_REAL_RACES=$${RAPPORT_REAL_RACES:-200} \
	RAPPORT_IDLE_TICKS=$${RAPPORT_IDLE_TICKS:-1000} \
	RAPPORT_SEEDS=$${RAPPORT_SEEDS:-5000} RAPPORT_RACES=$${RAPPORT_RACES:-10000} RAPPORT_MERGE_SEEDS=$${RAPPORT_MERGE_SEEDS:-100} $(PY) -m pytest -n $(WORKERS) -m simulation $(ARGS)

corpus: setup ## Measure the reading of mail beside others: DIR=folder of labelled messages, ARGS="--show --alone"
	@PYTHONPATH=. $(PY) benchmarks/corpus.py $(DIR) $(ARGS)

fuzz: setup ## Fuzz the reading of mail for 30 minutes, guided by coverage (FUZZ_S=seconds, FUZZ_SEEDS="FOLDER ..."), and measure hostile mail at full size
	@HOSTILE_MB=50 $(PY) -m pytest -q -p no:randomly tests/unit/mailer/parse/test_hostile.py
	@HYPOTHESIS_PROFILE=long $(PY) -m pytest -q tests/unit/mailer/parse/test_any_bytes.py
	@nice -n 10 $(PY) tools/fuzz.py

bench: setup ## Time what matters; benchmarks/README.md says how to read it
	@for file in import_contacts.py "send_rate.py --postgres" "plan_tick.py --postgres" "poll_rate.py 10000"; do echo "== $$file"; \
		PYTHONPATH=. $(PY) benchmarks/$$file || exit 1; done

screenshots: setup ## Picture every page, light, dark and phone, into docs/pictures
	@PYTHONPATH=. $(PY) tools/take_screenshots.py $(ARGS)
