# One command per task. `make help` lists them; every target first installs what it needs (once).

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
SOAK_MEGABYTES ?= 64
PORT ?= 8080
NODE24 := js/node_modules/node/bin/node

SETUP := scripts/setup/setup.sh
BUILD = cmake --build $(1) --parallel $(JOBS)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

# --- what to install, by purpose; quick when done ---

.PHONY: setup setup-native setup-wasm setup-clang setup-browsers setup-peers setup-report
setup: ## install everything that building and testing needs (browsers: at their first test)
	@$(SETUP) base packages xsimd catch2 clang emscripten npm
setup-native: # the preset configures the tests as well, whatever is built of it
	@$(SETUP) base packages xsimd catch2
setup-clang:
	@$(SETUP) base packages xsimd catch2 clang
setup-wasm:
	@$(SETUP) base xsimd catch2 clang emscripten npm
setup-browsers:
	@$(SETUP) base xsimd catch2 clang emscripten npm browsers
setup-report:
	@$(SETUP) base packages xsimd plots report
setup-peers:
	@$(SETUP) base packages xsimd catch2 clang emscripten npm peers

# --- build ---

build/%/CMakeCache.txt: CMakePresets.json
	@mkdir -p build
	@cmake --preset $* >build/configure-$*.log 2>&1 || { cat build/configure-$*.log; exit 1; }

.PHONY: build native wasm js build/native
build: native page ## the native program, both wasm builds, the npm package and the demo page

native: setup-native ## build/native/mgt
	@$(MAKE) --no-print-directory build/native/CMakeCache.txt
	@$(call BUILD,build/native) --target mgt

build/native: native

wasm: setup-wasm ## js/wasm/mgt-simd128.* and mgt-relaxed.*
	@$(MAKE) --no-print-directory build/wasm-simd128/CMakeCache.txt build/wasm-relaxed/CMakeCache.txt
	@$(call BUILD,build/wasm-simd128) --target mgt_wasm
	@$(call BUILD,build/wasm-relaxed) --target mgt_wasm

js: wasm ## js/dist, the npm package with its command line
	@npm --prefix js run --silent build

.PHONY: demo page serve
demo: build ## stream a log, gated against dense, on every instruction set of this machine
	@node scripts/demo.mjs

page: js ## web/dist, the demo page
	@npm --prefix web run --silent build

serve: page ## the demo page on localhost (PORT, 8080)
	@node scripts/serve.mjs --port $(PORT)

# --- test ---

.PHONY: test test-native test-wasm test-js test-package test-browsers test-per-arch asan fuzz soak
test: setup check-tracked build test-wasm test-js test-package test-native ## everything but the browsers

test-native: setup-native ## the C++ tests, then the whole suite under every instruction set
	@$(MAKE) --no-print-directory build/native/CMakeCache.txt
	@$(call BUILD,build/native) --target mgt mgt_tests
	@ctest --test-dir build/native --output-on-failure --no-tests=error --parallel $(JOBS)

test-per-arch: setup-native ## only the runs under every MGT_ARCH
	@$(MAKE) --no-print-directory build/native/CMakeCache.txt
	@$(call BUILD,build/native) --target mgt mgt_tests
	@ctest --test-dir build/native --output-on-failure --no-tests=error -L per_arch

test-wasm: wasm ## the kernels' C++ tests in WebAssembly: simd128 under this Node, relaxed under Node 24
	@$(call BUILD,build/wasm-simd128) --target mgt_wasm_tests
	@$(call BUILD,build/wasm-relaxed) --target mgt_wasm_tests
	@node build/wasm-simd128/mgt_wasm_tests.cjs --reporter compact
	@$(NODE24) build/wasm-relaxed/mgt_wasm_tests.cjs --reporter compact

test-js: js ## the npm package's tests under the machine's Node and under Node 24 (relaxed SIMD)
	@scripts/test_js.sh node $(NODE24)
	@node --test bench/peers/test/figures.test.mjs

test-package: build ## installs the C++ library and packs the npm package, and uses both as a stranger would
	@tests/package/cpp/test.sh

test-browsers: setup-browsers native page ## the page and the package in Chromium, Firefox and WebKit
	@npm --prefix tests/browser test

asan: setup-clang ## the C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory build/asan/CMakeCache.txt
	@$(call BUILD,build/asan) --target mgt mgt_tests
	@ctest --test-dir build/asan --output-on-failure --no-tests=error --parallel $(JOBS) -LE per_arch

fuzz: setup-clang ## every fuzz target for FUZZ_SECONDS (60)
	@$(MAKE) --no-print-directory build/fuzz/CMakeCache.txt
	@$(call BUILD,build/fuzz)
	@scripts/fuzz.sh $(FUZZ_SECONDS)

soak: native ## a long stream (SOAK_MEGABYTES, 64): what it took, that memory does not grow; the longest tests
	@node scripts/soak.mjs --megabytes $(SOAK_MEGABYTES)
	@$(call BUILD,build/native) --target mgt_tests
	@build/native/mgt_tests "[.long]"

# --- measure ---

.PHONY: bench bench-peers report bench-startup bench-browsers bench-generation test-peers models
bench: setup-report native js ## our engines, kernels, tiers and lengths against scalar and the machine's limits; plots in build/bench
	@$(call BUILD,build/native) --target mgt_bench mgt_limits mgt_engine
	@scripts/bench.sh $(BENCH_FLAGS)

bench-peers: setup-peers setup-report native js ## onnxruntime on the same models, in turns with ours: ratios, shares of the limits; plots in build/bench
	@$(call BUILD,build/native) --target mgt_bench mgt_limits mgt_engine
	@node bench/peers/run.mjs $(BENCH_FLAGS)
	@node bench/plots/run.mjs

bench-startup: setup-browsers js ## cold starts in Node, Chromium and Firefox, every sample a process of its own; sizes
	@node bench/startup/run.mjs $(BENCH_FLAGS)

bench-browsers: setup-browsers native js ## steps and windows in Chromium and Firefox, in turns with Node
	@node bench/browsers/run.mjs $(BENCH_FLAGS)

bench-generation: native js ## generation with replay and drafts against plain generation, natively and in Node
	@node bench/generation/run.mjs $(BENCH_FLAGS)

report: setup-report native js ## bench/RESULTS.md and its plots, measured again (half an hour to an hour; KEPT=1: from what build/report holds)
	@$(call BUILD,build/native) --target mgt_bench
	@node bench/report/run.mjs $(if $(KEPT),--kept)

test-peers: setup-peers native ## onnxruntime's logits on our ONNX graphs against ours and the reference
	@$(call BUILD,build/native) --target mgt_engine
	@node --test --test-concurrency=1 bench/peers/test/*.test.mjs

models: ## gather data and train the shipped models again (hours; needs PyTorch, see models/README.md)
	@python3 models/recipe.py

# --- tidy ---

.PHONY: lint check-tracked format clean distclean
lint: setup check-tracked js ## formatting, clang-tidy on the core, prettier and the type checker
	@$(MAKE) --no-print-directory build/native/CMakeCache.txt
	@scripts/lint.sh

check-tracked: ## no registry host and no path of one machine in tracked files
	@scripts/check_tracked.sh

format: setup-clang ## rewrite C++ and TypeScript in the project's format
	@$(SETUP) npm
	@scripts/cpp_files.sh | xargs clang-format-19 -i
	@npm --prefix js run --silent format
	@npm --prefix web run --silent format

clean: ## remove what was built
	@rm -rf build js/dist js/wasm/*.wasm web/dist

distclean: clean ## and what was installed beside the sources
	@rm -rf .toolchain js/node_modules web/node_modules tests/browser/node_modules bench/peers/node_modules bench/plots/node_modules
