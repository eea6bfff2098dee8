# OpenData Desk. `make` alone lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
LOCAL := .venv/.local-installed
DEV := .venv/.dev-installed
SAM := .venv-sam/.installed
PIP := --quiet --disable-pip-version-check --no-input

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(LOCAL) ## the whole job in the browser, on your own machine (FEEDBACK=FILE KEEP_DATES=1 AT=2026-02-06T09:00 PORT=8000)
	@$(BIN)/opendata serve --demo --port $(or $(PORT),8000) $(if $(FEEDBACK),--feedback "$(FEEDBACK)") $(if $(KEEP_DATES),--keep-dates) $(if $(AT),--at "$(AT)")

test: $(DEV) ## all tests that need no browser
	@$(BIN)/pytest --ignore=tests/journeys --numprocesses auto --dist loadfile

journeys: $(DEV) ## walk the product in headless Chromium, leave pictures in build/screenshots
	@if ! command -v chromium >/dev/null; then echo "make journeys needs Chromium and Chinese fonts: apt-get install chromium fonts-noto-cjk" >&2; exit 1; fi
	@$(BIN)/pytest tests/journeys --force-enable-socket

pictures: journeys ## walk the journeys, and put the pictures that README and docs show into docs/images
	@rm -rf docs/images && mkdir -p docs/images
	for picture in $$(grep -ohE 'images/[a-z0-9-]+\.png' README.md docs/*.md | sort -u); do cp "build/screenshots/$${picture#images/}" docs/images; done

check: $(DEV) ## format, lint, types, layers, template
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml
	$(BIN)/python -m infra.template translate template.yaml > .venv/template.json
	$(BIN)/cfn-lint .venv/template.json

goldens: $(DEV) ## write anew what the tests expect the bot to send to Slack
	@$(BIN)/python -m infra.samples tests/golden

bench: $(DEV) ## timings and counts, printed and never asserted; some minutes
	@$(BIN)/python -m tests.bench

build: $(SAM) ## the deployable artefacts in .aws-sam
	@.venv-sam/bin/sam build

lock: $(SAM) ## write the lock files anew from pyproject.toml
	@lock() { .venv-sam/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$$@"; }
	lock --extra dev pyproject.toml --output-file requirements-dev.txt
	lock --extra local pyproject.toml --constraint requirements-dev.txt --output-file requirements-local.txt
	lock pyproject.toml --constraint requirements-dev.txt --output-file requirements.txt
	lock requirements-sam.in --output-file requirements-sam.txt

clean: ## remove what the targets made
	@rm -rf .venv .venv-sam .aws-sam build

.venv/bin/python:
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo "OpenData Desk needs Python 3.11 or newer." >&2; exit 1; fi
	if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then echo "Python lacks ensurepip: apt-get install python3-venv" >&2; exit 1; fi
	$(PYTHON) -m venv .venv

$(LOCAL): requirements-local.txt pyproject.toml | .venv/bin/python
	@[ -e $(DEV) ] || $(BIN)/pip install $(PIP) --require-hashes --requirement requirements-local.txt
	$(BIN)/pip install $(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements-dev.txt pyproject.toml | .venv/bin/python
	@$(BIN)/pip install $(PIP) --require-hashes --requirement requirements-dev.txt
	$(BIN)/pip install $(PIP) --no-deps --no-build-isolation --editable .
	touch $@ $(LOCAL)

$(SAM): requirements-sam.txt
	@$(PYTHON) -m venv .venv-sam
	.venv-sam/bin/pip install $(PIP) --no-deps --require-hashes --requirement requirements-sam.txt
	touch $@

.PHONY: help demo test journeys pictures check goldens bench build lock clean

# -- what `sam build` calls, once for each function; all of them ship the same tree

PACKAGES := opendata functions bot
RUNTIME := 3.13
UV := .venv-sam/bin/uv

# Lambda cannot write byte-code and SAM loses the dates that Python checks it by, so it is compiled
# here and never checked; without a Python of the runtime's version at hand it is left out, which
# costs only time at a cold start.
build-%:
	@$(UV) pip install --quiet --target "$(ARTIFACTS_DIR)" --python-version $(RUNTIME) --python-platform x86_64-manylinux_2_28 --only-binary :all: --require-hashes --requirement requirements.txt
	rm -r "$(ARTIFACTS_DIR)"/{bin,.lock}
	cp -r $(PACKAGES) "$(ARTIFACTS_DIR)"
	find "$(ARTIFACTS_DIR)" -name __pycache__ -prune -exec rm -r {} +
	if compiler=$$($(UV) python find --no-python-downloads $(RUNTIME) 2>/dev/null); then
	    "$$compiler" -m compileall -qq -j 0 --invalidation-mode unchecked-hash -s "$(ARTIFACTS_DIR)" -p /var/task "$(ARTIFACTS_DIR)"
	fi
