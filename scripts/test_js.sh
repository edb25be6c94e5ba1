#!/usr/bin/env bash
# Runs the tests of the npm package under every given Node program, all at once: each run keeps one core busy.
# (npm's own scripts would find the Node 24 of node_modules first.) Usage: test_js.sh NODE...
set -euo pipefail
cd "$(dirname "$0")/.."
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

run_tests() {
  printf 'npm package under Node %s\n' "$("$1" --version)"
  cd js
  mapfile -t tests < <(find test -name '*.test.*js' | sort)
  "$1" --test "${tests[@]}"
}

runs=()
for program in "$@"; do
  node=$(command -v "$program" || true)
  [ -n "$node" ] || { echo "test_js: no Node at $program" >&2; exit 1; }
  run_tests "$(realpath "$node")" >"$reports/${#runs[@]}" 2>&1 &
  runs+=($!)
done

failed=0
for i in "${!runs[@]}"; do
  wait "${runs[$i]}" || failed=1
  cat "$reports/$i"
done
exit $failed
