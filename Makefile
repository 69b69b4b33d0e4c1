# Two commands do everything: `make run` starts the app, `make test` runs its tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# One thread a process: the tests run side by side, and numeric libraries would fight for cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: run test check bench screenshots

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

screenshots: $(VENV)/installed
	$(BIN)/python -m tests.screenshots

$(VENV)/installed: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
