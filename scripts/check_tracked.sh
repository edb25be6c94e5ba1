#!/usr/bin/env bash
# Fails where a tracked file names a package registry's host or a path that exists on one machine only.
set -euo pipefail
cd "$(dirname "$0")/.."

# /home/dev is the stand-in that recorded streams carry instead of a real home folder.
hosts='https?://(registry|deb|ftp|mirror|mirrors|security|snapshot|snapshots|pypi|files)\.[a-z]'
folders='(^|[^A-Za-z0-9_./~-])/(work|root|home/(?!dev/)[a-z]+|tmp/[a-z]+)/[A-Za-z.]'

if git grep -nIP "$hosts|$folders" -- . ':!scripts/check_tracked.sh' ':!models/data' ':!bench/streams' ':!tests/golden'; then
  echo 'check_tracked: the lines above name a registry host or a path of one machine' >&2
  exit 1
fi
