#!/usr/bin/env bash
# Runs every fuzz program of build/fuzz for a while, each on a corpus kept under build/fuzz/corpus and seeded from
# tests/fuzz/corpus/NAME; a dictionary is tests/fuzz/NAME.dict. Usage: fuzz.sh SECONDS
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
failed=0

for program in build/fuzz/fuzz_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  name=${program#build/fuzz/fuzz_}
  corpus=build/fuzz/corpus/$name
  seeds=tests/fuzz/corpus/$name
  dictionary=tests/fuzz/$name.dict
  mkdir -p "$corpus"
  [ -d "$seeds" ] || seeds=
  [ -f "$dictionary" ] || dictionary=
  printf 'fuzz_%s for %s s\n' "$name" "$seconds"
  log=build/fuzz/$name.log
  if "$program" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/ ${dictionary:+-dict="$dictionary"} "$corpus" ${seeds:+"$seeds"} >"$log" 2>&1; then
    grep -E '^(Done|stat::(average_exec_per_sec|new_units_added|peak_rss_mb))' "$log"
  else
    tail -n 40 "$log" >&2
    printf 'fuzz_%s found something; the whole log is %s\n' "$name" "$log" >&2
    failed=1
  fi
done
exit $failed
