# Everything goes through bootstrap.py and `python -m journal`; `make help` shows the plain commands.
PYTHON ?= python3
RUN = .venv/bin/python -m journal

.PHONY: help setup serve build test lint update-outputs reviewed new clean

help:
	@echo "make serve              read the site on this machine; saved pages reload"
	@echo "make test               everything CI checks"
	@echo "make build              the whole site, into site/"
	@echo 'make new TITLE="…"      begin a log entry in both languages (TITLE_EN="…" for its English name)'
	@echo "make update-outputs     write what the blocks print under them"
	@echo "make reviewed           record that both languages say the same"
	@echo "make lint               ruff and mypy only"
	@echo "make clean              remove what was built (not .venv)"
	@echo
	@echo "Without make: $(PYTHON) bootstrap.py && $(RUN) serve"
	@echo "              $(RUN) build | test | new TITLE | update-outputs | reviewed"

setup:
	@$(PYTHON) bootstrap.py

serve: setup
	@$(RUN) serve

build: setup
	@$(RUN) build

test: setup
	@$(RUN) test

lint: setup
	@$(RUN) lint

update-outputs: setup
	@$(RUN) update-outputs

reviewed: setup
	@$(RUN) reviewed

new: setup
	@test -n '$(subst ','\'',$(TITLE))' || { echo 'make new TITLE="…" needs a title' >&2; exit 2; }
	@$(RUN) new '$(subst ','\'',$(TITLE))' --title-en '$(subst ','\'',$(TITLE_EN))'

clean:
	rm -rf site .cache build *.egg-info
