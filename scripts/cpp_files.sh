#!/bin/sh
# Lists the C++ files of the project, tracked or new.
cd "$(dirname "$0")/.." || exit 1
git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp' '*.h'
