#!/usr/bin/env bash
# Fetches Catch2 3 from Debian 12 backports (Debian 12 itself has version 2): built for this machine at .toolchain/catch2,
# and as source at .toolchain/catch2-source for the tests in WebAssembly.
. "$(dirname "$0")/common.sh"

private_apt backports bookworm-backports
download=$(mktemp -d "$toolchain/download.XXXXXX")
trap 'rm -rf "$download"' EXIT
cd "$download"
apt_view backports download libcatch2-dev
apt_view backports source --download-only catch2

rm -rf "$toolchain/catch2" "$toolchain/catch2-source"
mkdir "$toolchain/catch2" "$toolchain/catch2-source"
dpkg-deb --fsys-tarfile libcatch2-dev_*.deb | tar -x -C "$toolchain/catch2" --exclude=./usr/share/doc
tar -xf catch2_*.orig.tar.gz -C "$toolchain/catch2-source" --strip-components=1 --exclude='*/tests' --exclude='*/docs'
