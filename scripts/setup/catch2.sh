#!/usr/bin/env bash
# Fetches Catch2 3 from Debian 12 backports and unpacks it at .toolchain/catch2 (Debian 12 itself has version 2).
. "$(dirname "$0")/common.sh"

private_apt backports bookworm-backports
download=$(mktemp -d "$toolchain/download.XXXXXX")
trap 'rm -rf "$download"' EXIT
cd "$download"
apt_view backports download libcatch2-dev
rm -rf "$toolchain/catch2"
mkdir "$toolchain/catch2"
dpkg-deb --fsys-tarfile libcatch2-dev_*.deb | tar -x -C "$toolchain/catch2" --exclude=./usr/share/doc
