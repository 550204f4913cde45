# make help lists the targets. They install what they need on first use (.ci/setup).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

export CARGO_HOME ?= $(HOME)/.cargo
# Node and cargo tools are found without being installed system-wide: cargo-leptos looks for sass, wasm-opt and
# wasm-bindgen on PATH before it downloads its own.
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/end2end/node_modules/.bin:$(CARGO_HOME)/bin:$(PATH)

export BUILD_DIR := $(or $(CARGO_TARGET_DIR),$(CARGO_BUILD_TARGET_DIR),target)
SERVER := $(BUILD_DIR)/release/alloy-logs
HASHES := $(BUILD_DIR)/release/hash.txt
SITE := target/site
DIST := $(BUILD_DIR)/dist/alloy-logs

DEMO := demo --runs 2000 --seed 7 --password halden-demo --if-empty
ADDR := $(or $(LEPTOS_SITE_ADDR),$(shell sed -n 's/^site-addr *= *"\(.*\)".*/\1/p' Leptos.toml 2>/dev/null),127.0.0.1:3000)

# Folders are in these lists too: a deleted file changes only its folder.
BUILD_FILES := .cargo/config.toml Cargo.toml Cargo.lock rust-toolchain.toml
SERVER_SOURCES := $(BUILD_FILES) $(shell find src migrations 2>/dev/null)
SITE_SOURCES := $(BUILD_FILES) $(shell find src style public -path src/server -prune -o -print 2>/dev/null)
# A stamp carries the time at which its build began, so that a change made during the build counts.
SITE_STAMP := target/site.stamp
SERVER_STAMP := target/server.stamp
# The server looks for the file names in hash.txt; a site that has others, or is gone, is built again.
SITE_LOST := $(shell h=$$(sed -n 's/^wasm: *//p' $(HASHES) 2>/dev/null); \
	[ -n "$$h" ] && ls $(SITE)/pkg/*."$$h".wasm >/dev/null 2>&1 || echo force)
# Not the file that the stamp was made for (cargo was used by hand, or by another clone): cargo has a look.
SERVER_LOST := $(shell [ "$$(ls -li $(SERVER) 2>/dev/null)" = "$$(cat $(SERVER_STAMP) 2>/dev/null)" ] && [ -x $(SERVER) ] || echo force)

say := printf '==> %s\n'
sign_in := printf '    demo sign-in: admin@halden.example or member@halden.example, password halden-demo\n'

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build and serve on http://127.0.0.1:3000 with demo data (first time: 15 to 30 minutes on 2 cores)
	@$(say) "Demo data: makes 2000 runs when the database is empty (under a minute)."
	@$(SERVER) $(DEMO)
	@$(say) "Serving http://$(ADDR) until Ctrl-C."
	@$(sign_in)
	@exec $(SERVER) serve

.PHONY: test
test: setup ## formats, lints, tests on SQLite and PostgreSQL, browser tests (first time: 20 to 40 minutes on 2 cores)
	@.ci/test

.PHONY: dev
dev: setup ## build unoptimized, serve, and do so again on every change (first time: 5 to 15 minutes)
	@$(say) "Development build beside the release one, then watching src, style and public."
	@export LEPTOS_SITE_ROOT=target/site-dev; \
	cargo-leptos build --split && \
	$(BUILD_DIR)/debug/alloy-logs $(DEMO) && \
	$(sign_in) && \
	exec cargo-leptos watch --split

.PHONY: bench
bench: build ## lists up to a million runs, ingest, kills, WASM and what weighs in it, cold start, memory, pages (three quarters of an hour)
	@$(say) "Benchmarks: builds them with optimizations, then measures. Leave the machine alone meanwhile."
	@.ci/setup browser
	@.ci/postgres --if-available cargo bench -F ssr --bench '*'
	@$(say) "The program killed 50 times on each database, in the middle of a load of writes."
	@ALLOY_TEST_KILLS=50 .ci/postgres --if-available cargo test --locked --release -F ssr --test durable
	@$(say) "Pages in Chromium."
	@cd end2end && playwright test --config speed.config.ts

.PHONY: bench-scale
bench-scale: build ## lists and exports at ten million runs, search at a million (most of an hour, and 10 GB of disk)
	@$(say) "Ten million runs on SQLite. Leave the machine alone meanwhile."
	@ALLOY_BENCH_RUNS=10000000 cargo bench -F ssr --bench scale
	@$(say) "Search among a million runs on SQLite (a quarter of an hour)."
	@ALLOY_BENCH_RUNS=1000000 cargo bench -F ssr --bench search

.PHONY: screenshots
screenshots: build ## take the pictures in docs/ anew (a minute)
	@$(say) "Pictures of the demo, by Chromium."
	@.ci/setup browser
	@cd end2end && playwright test --config screenshots.config.ts

.PHONY: fmt
fmt: ## format the Rust code, and the views in it where leptosfmt is installed
	@$(say) "Formatting."
	@.ci/setup toolchain
	@if command -v leptosfmt >/dev/null; then leptosfmt --quiet src/app.rs src/ui/*.rs src/ui/*/*.rs; fi
	@cargo fmt

.PHONY: lint
lint: ## formats, lints, boundaries, docs: the first stage of make test (first time: 5 to 10 minutes)
	@.ci/setup toolchain
	@.ci/lint

.PHONY: release
release: build ## put binary and site into one folder that runs elsewhere (first time: as make run)
	@$(say) "Assembling $(DIST)."
	@cargo-leptos build --release --server-only
	@rm -rf $(DIST)
	@mkdir -p $(DIST)
	@cp $(SERVER) $(HASHES) LICENSE $(DIST)/
	@cp -R $(SITE) $(DIST)/site
	@if [ -f README.md ]; then cp README.md $(DIST)/; fi
	@sed 's|^site-root *=.*|site-root = "site"|' Leptos.toml >$(DIST)/Leptos.toml
	@grep -qx 'site-root = "site"' $(DIST)/Leptos.toml || { echo 'Leptos.toml has no site-root line.' >&2; exit 1; }
	@du -sh $(DIST) | awk '{ print "    " $$2 ": " $$1 }'
	@printf '    start it: cd %s && ./alloy-logs serve\n' "$(DIST)"

.PHONY: clean
clean: ## remove everything built; keeps data/ and the installed tools
	@$(say) "Removing $(BUILD_DIR) and target."
	@cargo clean --quiet
	@rm -rf target

# Internal from here on.

.PHONY: setup
setup:
	@.ci/setup

.PHONY: build site server
build: site server
site: $(SITE_STAMP)
server: $(SERVER_STAMP)

.PHONY: force
force:

$(SITE_STAMP): $(SITE_SOURCES) $(SITE_LOST) | setup
	@$(say) "Building the browser side: WASM and styles, compressed (first time: 5 to 10 minutes)."
	@mkdir -p target && touch $@.began
	@cargo-leptos build --release --precompress --frontend-only --split
	@mv $@.began $@

$(SERVER_STAMP): $(SERVER_SOURCES) $(SERVER_LOST) | setup
	@$(say) "Building the server (first time: 10 to 20 minutes)."
	@mkdir -p target && touch $@.began
	@cargo-leptos build --release --server-only
	@ls -li $(SERVER) >$@ && touch -r $@.began $@ && rm $@.began
