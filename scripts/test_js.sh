#!/usr/bin/env bash
# Runs the tests of the npm package with the given Node program. (npm's own scripts would find the Node 24 of
# node_modules first.) Usage: test_js.sh NODE
set -euo pipefail
cd "$(dirname "$0")/.."
node=$(command -v "$1" || true)
[ -n "$node" ] || { echo "test_js: no Node at $1" >&2; exit 1; }
node=$(realpath "$node")

printf 'npm package under Node %s\n' "$("$node" --version)"
cd js
mapfile -t tests < <(find test -name '*.test.*js' | sort)
exec "$node" --test "${tests[@]}"
