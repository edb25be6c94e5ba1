#!/usr/bin/env bash
# Every check that needs no run of the program. Prints one line per check and ends with 1 if any failed.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0

# check NAME COMMAND...
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf 'lint  %-14s ok\n' "$name"
  else
    printf '%s\nlint  %-14s FAILED\n' "$output" "$name"
    failed=1
  fi
}

core_sources() { scripts/cpp_files.sh | grep -E '^core/.*\.cpp$' | grep -vE 'arch/wasm_'; }

check clang-format bash -c 'scripts/cpp_files.sh | xargs clang-format-19 --dry-run --Werror'
check clang-tidy bash -c "$(declare -f core_sources); core_sources | xargs -P $(nproc) -n 4 clang-tidy-19 -p build/native --quiet --warnings-as-errors='*'"
check js npm --prefix js run --silent lint
check package npm --prefix js run --silent check-package
check scripts js/node_modules/.bin/prettier --check --config js/.prettierrc 'bench/**/*.mjs' 'scripts/*.mjs'
check readme node scripts/readme_tables.mjs --check
check web npm --prefix web run --silent lint
exit $failed
