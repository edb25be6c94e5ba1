#!/usr/bin/env bash
# Builds the kernels' benchmark or the machine's limits as WebAssembly, where it is older than its sources, and runs it.
#
# Usage: wasm.sh kernels|limits simd128|relaxed NODE              (relaxed needs Node 24)
#        wasm.sh --build-only kernels|limits simd128|relaxed      (prints the program's path)
set -euo pipefail
usage() { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
case ${1:-} in
  -h | --help) usage && exit 0 ;;
  --build-only) shift && node= ;;
  *) node=${3:-} && [ -n "$node" ] || { usage >&2 && exit 2; } ;;
esac
program=${1:-}
arch=${2:-}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

case $arch in
  simd128) flags=(-msimd128 -DMGT_WASM_SIMD128) ;;
  relaxed) flags=(-msimd128 -mrelaxed-simd -DMGT_WASM_RELAXED) ;;
  *) usage >&2 && exit 2 ;;
esac
case $program in
  kernels) sources=("$root"/core/src/kernels/registry.cpp "$root"/core/src/kernels/arch/{scalar,wasm_"$arch"}.cpp
    "$root"/bench/kernels/wasm_main.cpp) ;;
  limits) sources=("$root"/bench/limits/*.cpp "$root"/bench/limits/dots/wasm.cpp) ;;
  *) usage >&2 && exit 2 ;;
esac

out=$root/build/bench/wasm/$program-$arch.cjs
newer=$([ ! -e "$out" ] || find "$root"/core/{include,src} "$root"/bench/{kernels,limits} "$root"/native/bench/read_loop.hpp "$0" -newer "$out" -type f)
if [ ! -e "$out" ] || [ -n "$newer" ]; then
  emxx=$root/.toolchain/emscripten/em++
  [ -x "$emxx" ] || emxx=$(command -v em++) || { echo 'wasm.sh: no em++: make setup-wasm installs it' >&2 && exit 1; }
  mkdir -p "$(dirname "$out")"
  "$emxx" -std=c++23 -O3 -ffp-contract=off -fno-exceptions -fno-rtti "${flags[@]}" -I"$root/core/include" \
    -I"$root/core/src" -I"$root/bench" -I"$root/native" -isystem "$root/.toolchain/include" -sINITIAL_MEMORY=64MB \
    "${sources[@]}" -o "$out" >&2
fi
if [ -n "$node" ]; then "$node" "$out"; else echo "$out"; fi
