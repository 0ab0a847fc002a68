# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/latchkey
# Compiled dependencies outlive a checkout.
export CARGO_TARGET_DIR ?= $(CACHE)/target
TOOLS := $(CACHE)/tools
export PATH := $(TOOLS)/bin:$(CURDIR)/style/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export NO_COLOR ?= 1
# The browser that the tests drive.
export CHROMIUM ?= $(shell command -v chromium || echo /usr/bin/chromium)

CARGO_LEPTOS_VERSION := 0.3.7
CARGO_DENY_VERSION := 0.20.2
SCHEMATHESIS_VERSION := 4.32.5
WASM_BINDGEN_VERSION := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
SITE_SOURCES := Cargo.lock Cargo.toml rust-toolchain.toml style/latchkey.css style/package-lock.json src/lib.rs src/ui.rs \
	$(shell find src/domain* src/dto* src/ui public -type f)

.PHONY: help run test test-connectors dev bench bench-audit bench-sign-in release lint deny end2end fuzz-api tools tools-test tools-fuzz

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: tools target/site/.built ## set up, build and serve the console with the sandbox providers
	@echo "==> building the server"
	@cargo build --quiet
	@echo "==> serving on http://127.0.0.1:4800 (stop with Ctrl-C)"
	@LATCHKEY_SANDBOX__LISTEN=127.0.0.1:4801 LATCHKEY_SANDBOX__PLAYS_ALL=true LATCHKEY_EGRESS__ALLOW=127.0.0.0/8 \
	exec $(CARGO_TARGET_DIR)/debug/latchkey serve

test: tools tools-test lint deny target/site/.built ## set up and run every suite
	@echo "==> Rust tests, on SQLite and PostgreSQL, beside a MySQL server"
	@.ci/with-postgres .ci/with-mysql cargo test --quiet -- --skip network::
	@echo "==> the SSRF corpus, in a network where the blocked addresses listen"
	@.ci/with-network cargo test --quiet --test latchkey_tests -- network::
	@$(MAKE) fuzz-api CASES=$(FEW_CASES) SEED=1
	@$(MAKE) end2end

test-connectors: tools ## every manifest, and every account of its sandbox file
	@echo "==> connectors: manifests and sandbox files"
	@cargo test --quiet --test latchkey_tests -- catalogue:: sandbox::

end2end: tools tools-test target/site/.built ## the browser suite, with JavaScript on and off
	@echo "==> building the server for the browser suite"
	@cargo build --quiet
	@echo "==> page weight"
	@.ci/page-weight
	@echo "==> browser tests, JavaScript on and off"
	@.ci/with-postgres npm --prefix end2end test

# Cases per call; every run makes some of each kind. The many are at least 5,000 in all.
CASES ?= 100
FEW_CASES := 5

fuzz-api: tools tools-fuzz target/site/.built ## try the API against its own document, with 5,000 cases and more
	@echo "==> building the server for the cases"
	@cargo build --quiet
	@echo "==> the API against its document"
	@$(TOOLS)/schemathesis/bin/python .ci/schemathesis $(CARGO_TARGET_DIR)/debug/latchkey $(CASES) $(SEED)

dev: tools target/site/.built ## rebuild and restart on every change
	@LATCHKEY_SANDBOX__LISTEN=127.0.0.1:4801 LATCHKEY_SANDBOX__PLAYS_ALL=true LATCHKEY_EGRESS__ALLOW=127.0.0.0/8 \
	cargo leptos watch

bench: tools tools-test target/site/.built ## measure, and print one table
	@echo "==> building with optimizations"
	@cargo build --release --quiet
	@.ci/with-postgres cargo bench --quiet --bench latchkey_bench

bench-audit: tools tools-test ## the audit log with ten million entries, on both engines (takes minutes and 20 GB)
	@echo "==> building with optimizations"
	@.ci/with-postgres cargo bench --quiet --bench latchkey_audit_bench

bench-sign-in: tools target/site/.built ## measure what refused sign-ins tell, and 500 sign-ins at once
	@echo "==> building with optimizations"
	@cargo build --release --quiet
	@cargo bench --quiet --bench latchkey_sign_in_bench

release: tools target/site/.built ## one optimized binary with the site inside
	@echo "==> building with optimizations"
	@cargo build --release
	@mkdir -p target/release && cp $(CARGO_TARGET_DIR)/release/latchkey target/release/latchkey
	@ls -l target/release/latchkey

lint: tools ## formatting and lints
	@echo "==> cargo fmt, cargo clippy"
	@cargo fmt --check
	@cargo clippy --quiet --all-targets -- -D warnings

deny: tools-test ## licences, sources and banned crates; with advisories where the database can be fetched
	@echo "==> cargo deny"
	@cargo deny --log-level error check bans licenses sources

advisories: tools-test ## known vulnerabilities of dependencies (fetches the RustSec database)
	@cargo deny check advisories
.PHONY: advisories

# The browser half and the stylesheet; always optimized, so that what is tested is what is shipped.
target/site/.built: $(SITE_SOURCES) | tools
	@echo "==> building the browser half and the stylesheet"
	@cargo leptos build --release --frontend-only --precompress
	@touch $@

tools: ## what building needs
	@.ci/tools build "$(TOOLS)" "$(CARGO_LEPTOS_VERSION)" "$(WASM_BINDGEN_VERSION)"

tools-test: ## what testing needs besides
	@.ci/tools test "$(TOOLS)" "$(CARGO_DENY_VERSION)"

tools-fuzz: ## what trying the API needs besides
	@.ci/tools fuzz "$(TOOLS)" "$(SCHEMATHESIS_VERSION)"
