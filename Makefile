# The commands of the project; each is a script in bin/ that says what it does.
PHASE ?= open
PORT ?= 8000
export PHASE PORT

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench lock clean

help:
	@echo "make demo [PHASE=open] [PORT=8000]  Portal zum Ausprobieren starten (Strg+C beendet es)"
	@echo "          PHASE: announced, open, lastday, jury, session, published"
	@echo "make test                           alle Tests, auf SQLite und wo erreichbar auf PostgreSQL und Redis"
	@echo "make lint                           alle Prüfungen ohne Ausführung"
	@echo "make bench                          Messungen"
	@echo "make lock                           Paketlisten nach einer Änderung an pyproject.toml oder package.json erneuern"
	@echo "make clean                          Demodaten löschen"

setup:
	@bin/setup dev

demo:
	@bin/demo

test:
	@bin/test $(ARGS)

lint:
	@bin/lint

bench:
	@bin/setup dev
	@bench/run

lock:
	@bin/lock $(ARGS)

clean:
	@rm -rf var
