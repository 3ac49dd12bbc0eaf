# make run    installs what is missing, digitises the sample scans into archive/ and shows their records
# make test   installs what is missing, then style, types, import directions and all tests
PYTHON ?= python3
export PYTHON
export OMP_THREAD_LIMIT = 1
BIN := .venv/bin
SAMPLES ?= corpus/scans/*/source.pdf
ARCHIVE ?= archive
DATA ?= corpus/scans
SCANS ?= corpus/scans

.PHONY: help run test check style types imports unit format corpus evaluate wheel clean

help:
	@sed -n 's/^# //p' Makefile

run:
	@setup/bootstrap.sh run
	@$(BIN)/sohoa run $(SAMPLES) --archive $(ARCHIVE)
	@$(BIN)/sohoa show --all --archive $(ARCHIVE)

test: check unit

check:
	@setup/bootstrap.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit:
	@setup/bootstrap.sh dev
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# make corpus                 builds the sample scans anew from the documents in corpus/
corpus:
	@setup/bootstrap.sh dev
	$(BIN)/python -m corpus.build corpus
	$(BIN)/python -m corpus.build corpus/held_out --documents corpus/held_out/documents
	$(BIN)/python -m corpus.build corpus/once_held_out --documents corpus/once_held_out/documents

# make evaluate DATA=FOLDER   measures text and records against the gold in a folder
evaluate:
	@setup/bootstrap.sh dev
	$(BIN)/sohoa evaluate $(DATA)

# make wheel                  builds dist/*.whl
wheel:
	@setup/bootstrap.sh dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*

# make train TEXT=FOLDER      trains the restoration from a folder of *.txt.xz, from text to weights (hours)
.PHONY: train bench-restore
TEXT ?= text
WORK ?= build/train
train:
	@setup/bootstrap.sh dev
	$(BIN)/python -m models.restoration.train --text $(TEXT) --out models/restoration/weights --work $(WORK)

# make bench-restore TEXT=FOLDER SCANS=FOLDER   restoration on held-out text, held-out rendered pages and scans
bench-restore:
	@setup/bootstrap.sh dev
	$(BIN)/python -m models.restoration.bench --text $(TEXT) --pages $(WORK)/held-out.jsonl $(if $(SCANS),--scans $(SCANS) --scans-cache $(WORK)/scans.json) --json $(WORK)/bench-restore.json

# make bench SCANS=FOLDER     speed beside plain Tesseract on the same pages
.PHONY: bench
bench:
	@setup/bootstrap.sh dev
	SCANS=$(SCANS) $(BIN)/python -m pytest -m benchmark -s tests/benchmarks

# make faults KILLS=200       kills runs, their workers and engines at random moments, a quarter of them on PostgreSQL, whose
#                             server is restarted too, and checks that nothing is lost
.PHONY: faults
KILLS ?= 200
faults:
	@setup/bootstrap.sh dev
	KILLS=$(KILLS) $(BIN)/python -m pytest -m faults -s tests/test_faults.py

# make bench-scale            2,000 documents, 5 % of them bad, through everything around the reading
.PHONY: bench-scale
bench-scale:
	@setup/bootstrap.sh dev
	$(BIN)/python -m pytest -m benchmark -s tests/benchmarks/test_scale.py

# make bench-records DATA=FOLDER   records from gold text, from scans and by a plain baseline, side by side
.PHONY: bench-records
bench-records:
	@setup/bootstrap.sh dev
	DATA=$(DATA) $(BIN)/python -m pytest -m benchmark -s tests/benchmarks/test_records.py

# make ladder                 our pages spoilt step by step, read plainly and by Sohoa: docs/accuracy/ladder.md
.PHONY: ladder
ladder:
	@setup/bootstrap.sh dev
	$(BIN)/python -m corpus.ladder build/ladder
	$(BIN)/python docs/ladder.py build/ladder docs/accuracy/ladder.md docs/ladder.svg

# make train-rescorer WORK=FOLDER   trains the judge of doubtful words from what make train leaves (hours)
.PHONY: train-rescorer
train-rescorer:
	@setup/bootstrap.sh dev
	$(BIN)/python -m models.rescorer.train --encoded $(WORK) --out models/rescorer/weights
