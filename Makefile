# Everything is in tools/; this file only gives it names. `make` alone lists them.
#   make run PORT=8100      make test ARGS="tests/issues -x"      make manage ARGS="verify_timeline --all"

TOOLS = python="$$(sh tools/bootstrap.sh)" && exec "$$python" -m tools

.PHONY: help run stop clean test check bench lock manage
help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: ## install what is missing and start the portal on http://127.0.0.1:8000 (PORT= changes it)
	@$(TOOLS) run

stop: ## stop all that runs in this checkout
	@$(TOOLS) stop

clean: ## stop, then delete the data and all that was installed or built here
	@$(TOOLS) clean

test: ## checks and all tests (ARGS= goes to pytest)
	@$(TOOLS) test $(ARGS)

check: ## format, lint, types, layers, templates, migrations, TypeScript
	@$(TOOLS) check

bench: ## measure (ARGS= goes to bench)
	@$(TOOLS) bench $(ARGS)

lock: ## lock the Python packages anew (ARGS=--upgrade takes newer versions)
	@$(TOOLS) lock $(ARGS)

manage: ## manage.py with the settings and servers of this checkout (ARGS=…)
	@$(TOOLS) manage $(ARGS)
