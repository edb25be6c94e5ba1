#!/usr/bin/env bash
# Builds the kernels as WebAssembly and prints their speed.
#
# Usage: wasm_bench.sh simd128|relaxed NODE    (relaxed needs Node 24)
set -euo pipefail
arch=$1
node=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

emxx=$root/.toolchain/emscripten/em++
[ -x "$emxx" ] || emxx=em++
flags=(-msimd128)
[ "$arch" = simd128 ] || flags+=(-mrelaxed-simd)

"$emxx" -std=c++23 -O3 -ffp-contract=off -fno-exceptions -fno-rtti "${flags[@]}" -I"$root/core/include" \
  -I"$root/core/src" -isystem "$root/.toolchain/include" \
  "$root"/core/src/kernels/registry.cpp "$root"/core/src/kernels/arch/{scalar,wasm_"$arch"}.cpp \
  "$root"/bench/kernels/wasm_main.cpp -o "$out/bench.js"
"$node" "$out/bench.js"
