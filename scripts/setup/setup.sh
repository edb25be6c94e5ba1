#!/usr/bin/env bash
# Installs what is missing to build and test, step by step. A step that is done leaves a stamp and is not looked at again
# until its script changes.
#
# Usage: setup.sh STEP...    steps: base packages xsimd catch2 clang emscripten npm browsers peers plots report
. "$(dirname "$0")/common.sh"

stamps=$toolchain/stamps
mkdir -p "$stamps" "$toolchain/log"

# The command behind a step, run with its output in .toolchain/log/STEP.
run_step() {
  case $1 in
    base) check_base ;;
    packages) debian_packages libcli11-dev nlohmann-json3-dev libbenchmark-dev libboost-dev ;;
    clang) debian_packages clang-19 lld-19 llvm-19 libclang-rt-19-dev clang-format-19 clang-tidy-19 ;;
    browsers) debian_packages chromium firefox-esr webkit2gtk-driver xvfb xauth && npm_packages tests/browser ;;
    xsimd) have_xsimd || "$root/scripts/setup/trixie.sh" xsimd ;;
    catch2) "$root/scripts/setup/catch2.sh" ;;
    emscripten) have_emscripten || "$root/scripts/setup/trixie.sh" emscripten ;;
    npm) npm_packages js web ;;
    peers) npm_packages bench/peers ;;
    plots) npm_packages bench/plots ;;
    report) debian_packages p7zip-full ;;
    *) die "no such step: $1" ;;
  esac
}

# stamp_of STEP: what a finished step depends on, as one hash.
stamp_of() {
  case $1 in
    xsimd | emscripten) cat "$root/scripts/setup/trixie.sh" ;;
    catch2) cat "$root/scripts/setup/catch2.sh" ;;
    npm) cat "$root"/{js,web}/package-lock.json 2>/dev/null || true ;;
    browsers) cat "$root/tests/browser/package-lock.json" 2>/dev/null || true ;;
    peers) cat "$root/bench/peers/package-lock.json" 2>/dev/null || true ;;
    plots) cat "$root/bench/plots/package-lock.json" 2>/dev/null || true ;;
    *) declare -f run_step ;;
  esac | cksum
}

check_base() {
  local command missing=()
  for command in git make cmake g++ python3 node npm; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]} (install git make cmake g++ python3 and Node.js 20 or newer first)"
  version_at_least "$(g++ -dumpfullversion)" 12 || die "g++ 12 or newer is needed, this is $(g++ -dumpfullversion)"
  version_at_least "$(cmake --version | awk 'NR == 1 { print $3 }')" 3.25 || die "cmake 3.25 or newer is needed"
  version_at_least "$(node --version | tr -d v)" 20 || die "Node.js 20 or newer is needed, this is $(node --version)"
}

# debian_packages NAME...: installs those that are missing.
debian_packages() {
  local name missing=()
  command -v dpkg-query >/dev/null || die "not a Debian system: install by hand what corresponds to: $*"
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  # With the package lists at hand first; a fresh machine has none, an old one has names that are gone.
  install_packages "${missing[@]}" || { as_root apt-get -q update && install_packages "${missing[@]}"; }
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 "$@"
}

have_xsimd() {
  local folder have
  for folder in /usr/include /usr/local/include; do
    have=$(awk '/define XSIMD_VERSION_MAJOR/ { print $3 }' "$folder/xsimd/config/xsimd_config.hpp" 2>/dev/null || true)
    [ -n "$have" ] && [ "$have" -ge 12 ] && return 0
  done
  return 1
}

have_emscripten() {
  local have
  have=$(emcc --version 2>/dev/null | sed -nE '1s/.* ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p' || true)
  [ -n "$have" ] && version_at_least "$have" 3.1.60
}

# npm_packages FOLDER...: installs exactly what the folder's lock file names.
npm_packages() {
  local folder
  for folder in "$@"; do
    [ ! -e "$root/$folder/package-lock.json" ] || (cd "$root/$folder" && npm ci --no-audit --no-fund)
  done
}

number=0
for step in "$@"; do
  number=$((number + 1))
  [ "$(cat "$stamps/$step" 2>/dev/null)" != "$(stamp_of "$step")" ] || continue
  printf '[setup %d/%d] %s ... ' "$number" $# "$step"
  started=$SECONDS
  if (run_step "$step") >"$toolchain/log/$step" 2>&1; then
    stamp_of "$step" >"$stamps/$step"
    printf '%d s\n' $((SECONDS - started))
  else
    printf 'failed after %d s\n' $((SECONDS - started))
    tail -n 15 "$toolchain/log/$step" >&2
    die "step '$step' failed; the whole log is .toolchain/log/$step"
  fi
done
