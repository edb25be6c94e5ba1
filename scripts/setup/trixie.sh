#!/usr/bin/env bash
# Fetches what Debian 12 has only too old (Emscripten, Binaryen, xsimd) as Debian 13 packages and unpacks it under
# .toolchain/, beside the system instead of into it: installing them would replace the machine's libc.
#
# Usage: trixie.sh emscripten|xsimd    Leaves .toolchain/emscripten and .toolchain/binaryen, or .toolchain/include/xsimd.
. "$(dirname "$0")/common.sh"

# fetch PACKAGE...: downloads Debian 13 packages into the current folder.
fetch() {
  [ -n "$(find "$toolchain/apt/trixie/sources.list" -mmin -600 2>/dev/null)" ] || private_apt trixie trixie
  apt_view trixie download "$@"
}

# unpack DEB FOLDER [TAR-OPTION...]
unpack() {
  local deb=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder" "$@"
}

install_xsimd() {
  fetch libxsimd-dev
  unpack libxsimd-dev_*.deb xsimd
  mkdir -p "$toolchain/include"
  rm -rf "$toolchain/include/xsimd"
  mv xsimd/usr/include/xsimd "$toolchain/include/xsimd"
}

install_emscripten() {
  local system_libraries program
  fetch emscripten binaryen libc6 libstdc++6 libgcc-s1
  # Variants for threads, WebGL and the upstream test suite are two thirds of the package; nothing here uses them.
  unpack emscripten_*.deb emscripten --exclude='*-ww*' --exclude='*/lib*-mt*.a' --exclude='*/libGL-*emu*' \
    --exclude='*full_es3*' --exclude='*webgl2*' --exclude='*-ofb*' --exclude='./usr/share/emscripten/test' \
    --exclude='./usr/share/doc' --exclude='./usr/share/man'
  for deb in binaryen_*.deb libc6_*.deb libstdc++6_*.deb libgcc-s1_*.deb; do
    unpack "$deb" binaryen --exclude='./usr/share' --exclude='./usr/lib/*/gconv'
  done
  rm -rf "$toolchain/emscripten" "$toolchain/binaryen"
  mv emscripten/usr/share/emscripten "$toolchain/emscripten"
  mkdir -p "$toolchain/binaryen/bin"
  system_libraries=$(dirname "$(find binaryen/usr/lib -name 'libc.so.6' | head -n 1)")
  mv "$system_libraries" "$toolchain/binaryen/lib"
  mv binaryen/usr/bin "$toolchain/binaryen/programs"

  # Debian 13's programs need its libc: run them through its loader.
  for program in "$toolchain"/binaryen/programs/wasm*; do
    cat >"$toolchain/binaryen/bin/$(basename "$program")" <<WRAPPER
#!/bin/sh
here=\$(dirname "\$0")/..
exec "\$here"/lib/ld-linux-*.so.* --library-path "\$here/lib" "\$here/programs/$(basename "$program")" "\$@"
WRAPPER
    chmod +x "$toolchain/binaryen/bin/$(basename "$program")"
  done

  cat >"$toolchain/emscripten/.emscripten" <<CONFIG
LLVM_ROOT = '/usr/lib/llvm-19/bin'
BINARYEN_ROOT = '$toolchain/binaryen'
NODE_JS = '$(command -v node)'
FROZEN_CACHE = True
CONFIG

  # Emscripten's own JavaScript passes import acorn.
  npm install --silent --no-save --no-package-lock --prefix "$toolchain/emscripten" acorn@8
}

download=$(mktemp -d "$toolchain/download.XXXXXX")
trap 'rm -rf "$download"' EXIT
cd "$download"
case ${1:-} in
  emscripten) install_emscripten ;;
  xsimd) install_xsimd ;;
  *) die "usage: trixie.sh emscripten|xsimd" ;;
esac
