# Shared by the setup steps; sourced, never run. Defines the folders and a few helpers.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
toolchain=$root/.toolchain
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$toolchain/log"

die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root, through sudo where this is an ordinary user.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "needs root (or sudo) for: $*"
  fi
}

# version_at_least HAVE WANT: true where HAVE >= WANT, compared as version numbers.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# debian_mirror prints the URI of the machine's own Debian main archive, read from apt's configuration: it works for both
# formats of source files, and no host name has to stand in this repository.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)|$(CODENAME)|$(COMPONENT)' 'Created-By: Packages' |
    awk -F'|' '$2 ~ /^(bookworm|trixie)$/ && $3 == "main" && !found { print $1; found = 1 }'
}

# private_apt NAME SUITE...: prepares an apt view of its own (sources, package lists) under .toolchain/apt/NAME and updates
# it; afterwards `apt_view NAME ARGS...` runs apt-get on it. The machine's sources, pins and lists stay untouched.
private_apt() {
  local name=$1 view=$toolchain/apt/$1 uri suite signed=""
  shift
  mkdir -p "$view/lists/partial" "$view/archives/partial"
  uri=$(debian_mirror)
  [ -n "$uri" ] || die "no Debian 12 or 13 main archive among this machine's apt sources"
  [ ! -e "$debian_keyring" ] || signed="[signed-by=$debian_keyring]"
  for suite in "$@"; do
    printf 'deb %s %s %s main\ndeb-src %s %s %s main\n' "$signed" "$uri" "$suite" "$signed" "$uri" "$suite"
  done >"$view/sources.list"
  apt_view "$name" update
}

apt_view() {
  local view=$toolchain/apt/$1
  shift
  apt-get -q -o Dir::Etc::SourceList="$view/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o Dir::State::Lists="$view/lists" -o Dir::Cache::Archives="$view/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Languages=none -o Acquire::Retries=5 "$@"
}
