# Every task of the project, on a machine with git, make and Python 3.11 or newer. `make` alone lists them.
# Each target first brings .venv up to date with requirements.lock (tools/environment.sh), which takes no time when it is.
#
#   PYTHON=python3.12   the interpreter to make .venv with
#   ARGS="..."          more arguments for the tool that the target runs: make lab ARGS=--no-browser

PYTHON ?=
ARGS ?=

bin := .venv/bin
# Progress bars would put timings into outputs that are compared; and nobody learns here whose progress to remember.
# Whoever runs the tests may have set another language, too; the tests read English, but for a notebook in Spanish.
# And some hundred processes are started: what they import is compiled once, also where that is turned off.
without_traces := TQDM_DISABLE=1 FWLAB_PROGRESS=off LANGUAGE=en PYTHONDONTWRITEBYTECODE=
# A file's tests stay on one worker, for the cells of a notebook share a kernel. Many wait rather than compute, so there
# is one worker more than the two cores of a small machine. They take the files in the order of tests/conftest.py: the
# long ones first, so that at the end no worker sits alone with one.
workers := -n 3 --dist loadfile --no-loadscope-reorder
nbval := --nbval --nbval-current-env --nbval-cell-timeout 60 --nbval-sanitize-with tests/notebooks/sanitize.cfg
# For every system and every Python that the project runs on, with hashes, without addresses.
solve := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

extension := fwlab/jupyter/labextension
book := $(bin)/sphinx-build -b html -c docs . build/docs

.PHONY: help environment lab test verify format lint coverage conformance size notebooks translations times docs docs-live labextension labextension-watch screenshots lock bench clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r target text; do \
		printf '  make %-12s %s\n' "$$target" "$$text"; done

environment: ## only make .venv, from requirements.lock
	@PYTHON="$(PYTHON)" sh tools/environment.sh

lab: environment ## open the course in JupyterLab (ARGS=--no-browser prints its address)
	@exec $(bin)/python -m fwlab lab $(ARGS)

test: environment ## run the tests, and every notebook against its stored outputs
	$(without_traces) $(bin)/python -m pytest $(workers) $(nbval) $(ARGS)

verify: environment ## judge every answer, on a busy machine and in a jail, and run every lesson in a browser
	$(without_traces) $(bin)/python -m fwlab exercises verify --busy
	$(without_traces) $(bin)/python -m pytest $(workers) -m exhaustive $(ARGS)

format: environment ## lay out the code as `make lint` wants it
	$(bin)/ruff check --fix-only --quiet .
	$(bin)/ruff format .

lint: environment ## check style, layout, types, the translations and the form of the notebooks
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/python tools/translations.py --check
	$(bin)/python tools/notebooks.py --check

coverage: environment ## measure which lines the tests reach: htmlcov/index.html
	$(bin)/coverage erase
	$(without_traces) $(bin)/coverage run -m pytest $(workers) $(ARGS)
	$(bin)/coverage combine --quiet
	$(bin)/coverage html
	$(bin)/coverage report --skip-covered

conformance: environment ## run the tests of FastAPI's tutorial on fwlab, and renew the table in docs/fastapi.md
	$(bin)/python tools/conformance.py $(ARGS)

size: environment ## count the framework's lines of code, and fail above 4,000 in all or 500 in a file
	$(bin)/python tools/size.py

notebooks: environment ## execute every notebook again and store its outputs
	$(without_traces) $(bin)/python tools/notebooks.py $(ARGS)

translations: environment ## bring the translations up to date, and say what is missing or stale in each
	$(bin)/python tools/translations.py $(ARGS)

times: environment ## measure how long each lesson takes to execute, two at a time
	$(without_traces) $(bin)/python tools/lesson_times.py $(ARGS)

docs: environment ## build the book: build/docs/index.html
	$(book) -q -W --keep-going -j auto

docs-live: environment ## show the book in a browser, and build it anew at each change (ARGS=--port=8001)
	$(bin)/sphinx-autobuild -c docs . build/docs --watch fwlab --re-ignore '/(build|tests|\.[^/]+)/' --open-browser $(ARGS)

labextension: environment ## check, test and build the JupyterLab extension; needs Node
	cd $(extension) && npm ci --ignore-scripts --no-audit --no-fund && npm run lint && npm test
	cd $(extension) && PATH="$(CURDIR)/$(bin):$$PATH" npm run build

screenshots: environment ## take the pictures of JupyterLab in docs/ again; needs Chromium
	$(without_traces) FWLAB_PICTURES=docs $(bin)/python -m pytest -q tests/browser/test_docs_pictures.py

labextension-watch: environment ## build the JupyterLab extension at each change of its source; needs Node
	cd $(extension) && npm ci --ignore-scripts --no-audit --no-fund
	cd $(extension) && PATH="$(CURDIR)/$(bin):$$PATH" npm run watch

lock: environment ## solve the dependencies anew (ARGS=--upgrade takes the newest)
	$(solve) --group dev $(ARGS) pyproject.toml --output-file requirements.lock
	$(solve) $(ARGS) tests/conformance/requirements.in --output-file tests/conformance/requirements.txt

bench: environment ## measure fwlab beside other frameworks (ARGS=--quick: under a minute)
	@$(bin)/python -m benchmarks.environment
	@exec .venv-bench/bin/python -m benchmarks $(ARGS)

clean: ## remove all that make has made, .venv too
	rm -rf .venv .venv-bench build dist htmlcov screenshots .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find fwlab benchmarks tests tools notebooks exercises -name __pycache__ -prune -exec rm -rf {} +
