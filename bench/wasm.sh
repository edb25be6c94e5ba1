#!/usr/bin/env bash
# Builds the kernels' benchmark or the machine's limits as WebAssembly and runs it.
#
# Usage: wasm.sh kernels|limits simd128|relaxed NODE    (relaxed needs Node 24)
set -euo pipefail
program=$1
arch=$2
node=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

emxx=$root/.toolchain/emscripten/em++
[ -x "$emxx" ] || emxx=em++
flags=(-msimd128)
[ "$arch" = simd128 ] || flags+=(-mrelaxed-simd)
case $program in
  kernels) sources=("$root"/core/src/kernels/registry.cpp "$root"/core/src/kernels/arch/{scalar,wasm_"$arch"}.cpp
    "$root"/bench/kernels/wasm_main.cpp) ;;
  limits) sources=("$root"/bench/limits/*.cpp "$root"/bench/limits/dots/wasm.cpp) ;;
esac

"$emxx" -std=c++23 -O3 -ffp-contract=off -fno-exceptions -fno-rtti "${flags[@]}" -I"$root/core/include" \
  -I"$root/core/src" -I"$root/bench" -isystem "$root/.toolchain/include" -sINITIAL_MEMORY=64MB \
  "${sources[@]}" -o "$out/bench.js"
"$node" "$out/bench.js"
