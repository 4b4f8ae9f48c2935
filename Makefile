# Thin on purpose: each target is a line or two of ordinary commands. `make demo` first, or `make test`.
BIN := .venv/bin
COVERAGE := $(BIN)/coverage
# Some machines forbid compiled files to be kept; then each of the hundreds of processes that the tests start compiles everything.
export PYTHONDONTWRITEBYTECODE :=

# A browser that got no turn for half a minute is asked once more; what a page says wrong is not.
BROWSER_LATE := --reruns 1 --only-rerun "TimeoutError: (Page|Locator|Frame)"

.PHONY: setup demo test check bench night lock hooks

setup: .venv/ready node_modules/.bousol  ## a virtual environment with everything in it

.venv/ready: pyproject.toml requirements.txt deploy/setup
	deploy/setup

node_modules/.bousol: .venv/ready package-lock.json deploy/browser-scripts
	deploy/browser-scripts

demo: setup  ## the main job step by step, then a Boulonnais to try it in (ONCE=1, EMPTY=1)
	$(BIN)/bousol tour
	$(BIN)/bousol demo $(if $(ONCE),--once --port 0) $(if $(EMPTY),--empty)

test: setup  ## every test but the long ones, and the coverage they reach
	deploy/chromium
	$(COVERAGE) erase && $(COVERAGE) run -m pytest -n auto --dist loadfile -m "not night and not clock" $(BROWSER_LATE) && $(COVERAGE) combine --quiet
	$(BIN)/pytest -m "clock and not night" --reruns 2  # alone and not traced: they read a clock
	$(COVERAGE) report --include='ledger/*' --fail-under=100 && $(COVERAGE) report --omit='ledger/*' --fail-under=95

check: setup  ## what a machine can see without running the ledger
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy . && $(BIN)/pyright
	$(BIN)/lint-imports && $(BIN)/sqlfluff lint --disable-progress-bar ledger migrations && $(BIN)/codespell
	$(BIN)/pytest -q tests/tidy

bench: setup  ## speed against public anchors, on this machine
	$(BIN)/bousol bench ledger

night: setup  ## the long runs: many examples, planted bugs, growth
	deploy/chromium
	HYPOTHESIS_PROFILE=night $(BIN)/pytest -m "night or not night"
	$(BIN)/bousol bench ledger --growth

lock: setup  ## newest versions that are a week old, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
	  --exclude-newer "$$(date -u -d '7 days ago' +%F)" --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet --output-file requirements.txt

hooks: setup  ## quick checks before each commit
	$(BIN)/pre-commit install
