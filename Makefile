# Two commands: `make run` and `make test`. Everything they need is made on the way, from Python 3.12 and the registries.
VENV ?= .venv
BIN  := $(VENV)/bin
PORT ?= 8000
PIP  := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
DEMO_DATABASE := sqlite:///$(CURDIR)/var/demo.sqlite3
PICK := for p in "$$PYTHON" python3 python3.14 python3.13 python3.12 python; do \
	[ -n "$$p" ] && command -v "$$p" >/dev/null 2>&1 && \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && { echo "$$p"; break; }; done

EXAMPLES := $(if $(FULL),--hypothesis-profile=full)
SIZE ?= small
ROUNDS ?= 7
BENCH := $(BIN)/python -m tests.bench --size $(SIZE) --rounds $(ROUNDS) $(if $(FULL),--full) $(if $(PROFILE),--profile "$(PROFILE)") $(if $(PLANS),--plans) $(if $(LOAD),--load) $(if $(WEIGHT),--weight) $(if $(KEEP),--keep $(KEEP))

.PHONY: run test test-full test-faults test-postgres bench bench-postgres check lock clean

run: $(VENV)/run.stamp locale/ja/LC_MESSAGES/django.mo
	@mkdir -p var staticfiles
	@DEMO=1 DATABASE_URL=$(DEMO_DATABASE) $(BIN)/python manage.py migrate --verbosity 0
	@DEMO=1 DATABASE_URL=$(DEMO_DATABASE) $(BIN)/python manage.py createcachetable
	@DEMO=1 DATABASE_URL=$(DEMO_DATABASE) $(BIN)/python manage.py demo --port $(PORT)
	@DEMO=1 DATABASE_URL=$(DEMO_DATABASE) DJANGO_RUNSERVER_HIDE_WARNING=true exec $(BIN)/python manage.py runserver --noreload localhost:$(PORT)

test: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	@$(BIN)/python -m tests.tools.browser
	$(BIN)/python -m pytest -m "not full and not faults" $(EXAMPLES)

test-full: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	@$(BIN)/python -m tests.tools.browser
	$(BIN)/python -m pytest --hypothesis-profile=full

test-faults: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	$(BIN)/python -m pytest -m faults --numprocesses=0

test-postgres: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	$(BIN)/python -m tests.tools.postgres $(BIN)/python -m pytest -m "not browser and not full" $(EXAMPLES)

bench: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	$(BENCH)

bench-postgres: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	$(BIN)/python -m tests.tools.postgres --durable $(if $(KEEP),--keep $(KEEP)/postgresql) $(BENCH)

check: $(VENV)/dev.stamp locale/ja/LC_MESSAGES/django.mo
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 6.1 --check
	DEMO=1 $(BIN)/python manage.py content check
	$(BIN)/python -m tests.tools.deploy_check

lock: $(VENV)/dev.stamp
	for f in requirements requirements-postgres requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.12 --no-header $$f.in -o $$f.txt; done

$(VENV)/run.stamp: requirements.txt
	@py="$$($(PICK))"; [ -n "$$py" ] || { echo "Hallway Light needs Python 3.12 or newer; none was found. Install it, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }; \
	[ -x $(BIN)/python ] || "$$py" -m venv $(VENV)
	@echo "Installing what the site needs …"
	@$(PIP) -r $<
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Installing what the tests need …"
	@$(PIP) -r $<
	@touch $@

locale/ja/LC_MESSAGES/django.mo: locale/ja/LC_MESSAGES/django.po $(VENV)/run.stamp
	@$(BIN)/pybabel --quiet compile --statistics --domain django --directory locale --locale ja 2>/dev/null || $(BIN)/pybabel compile --domain django --directory locale --locale ja
	@touch $@

clean:
	rm -rf $(VENV) var staticfiles
