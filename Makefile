# Two commands do everything: `make run` starts the app, `make test` runs its tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# One thread a process: the tests run side by side, and numeric libraries would fight for cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: run test check bench bench-model screenshots

run: $(VENV)/installed
	$(BIN)/streamlit run app.py

test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(VENV)/installed $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy app.py analytics data pages tests
	$(BIN)/python -m pytest -n auto --dist loadgroup

bench: $(VENV)/installed $(VENV)/installed-dev
	$(BIN)/python -m tests.benchmarks.start
	$(BIN)/python -m tests.benchmarks.pages
	$(BIN)/python -m tests.benchmarks.readers
	$(BIN)/python -m tests.benchmarks.hostile
	$(BIN)/python -m tests.benchmarks.ingest
	$(BIN)/python -m tests.benchmarks.questions

bench-model: $(VENV)/installed $(VENV)/installed-bench
	$(BIN)/python -m tests.benchmarks.plans
	$(BIN)/python -m tests.benchmarks.allocation
	$(BIN)/python -m tests.benchmarks.coverage --worlds 50 --scales 0
	$(BIN)/python -m tests.benchmarks.peers
	$(BIN)/python -m tests.benchmarks.nuts
	$(BIN)/python -m tests.benchmarks.signal
	$(BIN)/python -m tests.benchmarks.scale
	$(BIN)/python -m tests.benchmarks.timing
	$(BIN)/python -m tests.benchmarks.drift
	$(BIN)/python -m tests.benchmarks.maven
	$(BIN)/python -m tests.benchmarks.forecast

screenshots: $(VENV)/installed
	$(BIN)/python -m tests.screenshots

$(VENV)/installed: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(VENV)/installed-bench: requirements-bench.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	touch $@
