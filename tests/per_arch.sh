#!/bin/sh
# Runs the whole suite with MGT_ARCH set. Usage: per_arch.sh ARCH TEST-PROGRAM
# Exit 77 where the CPU lacks the instruction set, so that ctest reports the run as skipped.

arch=$1
program=$2
flags=" $(grep -m 1 '^flags' /proc/cpuinfo 2>/dev/null) "
case $arch in
  scalar) needs= ;;
  sse42) needs=sse4_2 ;;
  avx2) needs='avx2 fma' ;;
  avx512vnni) needs='avx512f avx512bw avx512dq avx512vl avx512cd avx512_vnni' ;;
  amx) needs='avx512_vnni amx_tile amx_int8' ;;
esac
for flag in $needs; do
  case $flags in
    *" $flag "*) ;;
    *) echo "skipped: this CPU has no $flag"; exit 77 ;;
  esac
done
export MGT_ARCH=$arch
# Quality over a long log, and long runs of the shipped models, need one instruction set only: the bits are the same.
# The suite's own test [arch] fails where the override did not take.
exec "$program" --reporter compact "~[quality]~[once]"
