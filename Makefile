# make run     install what the app needs into .venv, start it, print its address
# make dev     the same for who works on it: what changes in a file shows when the browser loads the page again
# make test    all checks and tests, in a real browser too
# make test-fast   unit tests and doctests alone, without Keras, server or browser: within a minute
# make check   ruff, mypy, eslint and tsc alone
# make bench   the engine and the page, measured
# make random  keys and clicks at random, for twenty minutes: no page may go blank
# make alarms  2,000 random experiments against Keras, half an hour: none may be called a disagreement
# make audit   known vulnerabilities of all that the app installs
# make examples   train what the first page shows again, from its seeds: a few minutes
# make still   draw the picture that stands on the first page until the app is up again, from the app
# make lock    write the lock files again, from requirements.txt and requirements-dev.txt
# make format  let ruff lay out the code

PYTHON ?= python3
VENV := .venv
IN_VENV := $(VENV)/bin/python
PIP := $(IN_VENV) -m pip install --quiet --disable-pip-version-check

.PHONY: run dev test test-fast check node bench random alarms examples still audit lock format

run: $(VENV)/.run
	@$(IN_VENV) -m pages.ui.server.serve

dev: $(VENV)/.dev
	@$(IN_VENV) -m pages.ui.server.dev

test: $(VENV)/.dev
	@$(IN_VENV) -m tests.browser.chromium --install
	@$(IN_VENV) -m tests.browser.proxy --install
	@$(MAKE) --no-print-directory check
	@node --test --test-reporter=spec tests/js/*.test.js
	@$(IN_VENV) -m pytest -q -n 2 --durations 10

test-fast: $(VENV)/.dev
	@! command -v node >/dev/null || node --test --test-reporter=dot tests/js/*.test.js
	@$(IN_VENV) -m pytest -q -n 2 tests/unit tests/js lstm_core

check: $(VENV)/.dev node_modules/.dev
	@$(IN_VENV) -m ruff check --quiet --output-format concise .
	@$(IN_VENV) -m ruff format --quiet --check .
	@$(IN_VENV) -m mypy --no-error-summary
	@node_modules/.bin/eslint .
	@node_modules/.bin/tsc

bench: $(VENV)/.dev
	@$(IN_VENV) -m tests.browser.chromium --install
	@$(IN_VENV) -m tests.bench

random: $(VENV)/.dev
	@$(IN_VENV) -m tests.browser.chromium --install
	@$(IN_VENV) -m tests.bench.bench_random

alarms: $(VENV)/.dev
	@$(IN_VENV) -m tests.parity.random_experiments

# One thread, lest its number change the order in which products are added up, and with it the weights' last bits.
examples: $(VENV)/.run
	@OPENBLAS_NUM_THREADS=1 $(IN_VENV) -m lstm_core.training.make_examples

still: $(VENV)/.dev
	@$(IN_VENV) -m tests.browser.chromium --install
	@$(IN_VENV) -m tests.browser.still

audit: $(VENV)/.run
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@$(VENV)/audit/bin/pip-audit --strict --path "$$($(IN_VENV) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

UV := $(VENV)/lock/bin/uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-header \
	--no-emit-index-url --no-emit-find-links

lock:
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(LOCK) requirements.txt --output-file requirements.lock
	@$(LOCK) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock

format: $(VENV)/.dev
	@$(IN_VENV) -m ruff check --quiet --fix --exit-zero .
	@$(IN_VENV) -m ruff format --quiet .

$(VENV)/.run: requirements.lock | $(VENV)/.made
	@echo "Installing what the app needs (a few minutes the first time) ..."
	@$(PIP) --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

node_modules/.dev: package-lock.json | node
	@echo "Installing what checks the JavaScript ..."
	@npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

node:
	@{ command -v npm && node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 18 || (major == 18 && minor >= 18) ? 0 : 1)'; } >/dev/null 2>&1 || \
		{ echo "The checks of the JavaScript need Node.js 18.18 or later, with npm. On Debian or Ubuntu: apt install nodejs npm"; exit 1; }

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "LSTM Lens needs Python 3.11, 3.12 or 3.13 (TensorFlow has no other). Name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || \
		{ echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade pip==26.3
	@touch $@
