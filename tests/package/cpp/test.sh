#!/usr/bin/env bash
# Installs the library into an empty folder, builds the project beside this script against it, and runs that.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
cd "$root"
prefix=build/package/prefix
rm -rf build/package

cmake --build build/native --target mgt_core mgt >/dev/null
cmake --install build/native --prefix "$prefix" >/dev/null
cmake -S "$here" -B build/package/consumer -DCMAKE_PREFIX_PATH="$root/$prefix" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build/package/consumer >/dev/null

if grep -rqF -- "$root" "$prefix/lib/cmake" "$prefix/include"; then
  echo 'package: the installed files name the folder they were built in' >&2
  exit 1
fi

printf 'not a model' >build/package/broken.gguf
refusal=$(build/package/consumer/consumer build/package/broken.gguf) && { echo 'package: a broken file was accepted' >&2; exit 1; }
case $refusal in not_a_model*) ;; *) echo "package: unexpected answer: $refusal" >&2; exit 1 ;; esac
for model in models/*.gguf; do
  build/package/consumer/consumer "$model"
done
"$prefix/bin/mgt" --version
echo 'package: installed, found, linked and run'
