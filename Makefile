# The index of commands. `make` alone prints it.

SHELL := /bin/bash
export PATH := $(HOME)/.cargo/bin:$(PATH)
BUILT := $(or $(CARGO_TARGET_DIR),target)
DATA ?= ./procyon-data
AREAS ?=
FAILURES ?= 20
SEED ?=
SEEDS ?= 10000
PLANT ?=
TARGET ?= v2_json
SECONDS_MAX ?= 60

.PHONY: help run test check ui dev bench conformance sim fuzz fix doc gen

help: ## this text
	@echo "make COMMAND, where COMMAND is one of"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: ## build and start everything on this machine, with the data in DATA=./procyon-data
	@. .ci/lib.sh && page
	@cargo build --locked -p procyon
	@$(BUILT)/debug/procyon up --data $(DATA)

test: ## all tests: cargo's, then the real clients against the real binary
	@bash .ci/test.sh

check: ## what has to hold before a push: formatting, tidy, lints, tests
	cargo fmt --all --check
	cargo run -q --locked -p xtask tidy
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@. .ci/lib.sh && packages ui && npm run --prefix ui check
	@bash .ci/test.sh

ui: ## build the web page, which the next build of the binary embeds
	@. .ci/lib.sh && page

dev: ## start on a folder that is thrown away, with log lines
	@. .ci/lib.sh && page
	@cargo build --locked -p procyon
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && \
	RUST_LOG=$${RUST_LOG:-info} $(BUILT)/debug/procyon up --data "$$data"

bench: ## measure speed and memory with the optimised build, beside the peers; see docs/benchmarks.md
	@if [ -e bench/run.sh ]; then bash bench/run.sh; else echo "no bench/ yet"; exit 1; fi

conformance: ## the official client's scenarios: AREAS="metrics,events" FAILURES=20
	@cargo build --locked -p procyon
	@bash .ci/conformance.sh "$(AREAS)" "$(FAILURES)"

sim: ## simulate crashes and bad disks: SEEDS=10000 of them, or SEED=n to replay one
	@cargo run -q --locked -p testkit --bin sim -- $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(if $(PLANT),--plant $(PLANT))

fuzz: ## feed a decoder with mutated bytes: TARGET=v2_json SECONDS_MAX=60
	@bash fuzz/run.sh $(TARGET) $(SECONDS_MAX)

fix: ## let the tools mend what they can
	cargo clippy --locked --workspace --all-targets --fix --allow-dirty --allow-staged
	cargo fmt --all

doc: ## build the reference of the crates and say where it is
	cargo doc --locked --workspace --no-deps
	@echo "open $(BUILT)/doc/procyon/index.html"

gen: ## nothing is generated yet
	@echo "nothing is generated yet"
