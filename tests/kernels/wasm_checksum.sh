#!/usr/bin/env bash
# Builds the kernels as WebAssembly and compares their checksum with the golden one.
#
# Usage: wasm_checksum.sh simd128|relaxed NODE    (relaxed needs Node 24: Node 20's relaxed dot is wrong)
# Exit: 0 the same bits, 1 not.
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
  -I"$root/core/src" -I"$root/tests" -isystem "$root/.toolchain/include" -sSTACK_SIZE=256KB -sALLOW_MEMORY_GROWTH=1 \
  "$root"/core/src/kernels/registry.cpp "$root"/core/src/kernels/arch/{scalar,wasm_"$arch"}.cpp \
  "$root"/tests/kernels/wasm_main.cpp -o "$out/checksum.js"

golden=$(cat "$root/tests/golden/kernels_checksum.txt")
"$node" "$out/checksum.js" | while read -r name checksum; do
  printf '%s: %s\n' "$name" "$checksum"
  [ "$checksum" = "$golden" ] || { printf 'expected %s\n' "$golden" >&2; exit 1; }
done
