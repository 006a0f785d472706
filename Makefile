# Everything that is done in this repository, one word each. `make` alone lists it.
# ARGS is handed on: make run ARGS='--port 8080', make demo ARGS='--seed 7', make bench ARGS='turn --json'.
# make bench PEERS=DIR also measures the systems whose scripts stand in DIR.

.DEFAULT_GOAL := help
.PHONY: help demo test run bench format lint docs

export PEERS

HOLDFAST := .build/release/holdfast

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: release ## See an agent at work while its server is killed three times.
	@$(HOLDFAST) demo $(ARGS)

test: ## Run everything that CI runs: build, tests, format, acceptance.
	@scripts/test

run: release ## Serve until Ctrl-C, with data in .holdfast.
	@exec $(HOLDFAST) serve $(ARGS)

bench: release ## Measure the real server on this machine.
	@scripts/bench $(HOLDFAST) $(ARGS)

format: ## Put all Swift sources into the common format.
	@swift format -i --configuration .swift-format --parallel -r Sources Tests Package.swift

lint: ## Check the format of all Swift sources.
	@swift format lint --strict --configuration .swift-format --parallel -r Sources Tests Package.swift

docs: ## Write the command reference in docs/guides/cli.md anew.
	@swift build --product holdfast
	@scripts/cli-docs .build/debug/holdfast docs/guides/cli.md

.PHONY: release
release:
	@scripts/setup build
	@echo "Building (the first time takes a while: about 15 minutes on two cores) …"
	@swift build -c release --product holdfast
