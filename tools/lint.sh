#!/bin/sh
# Everything that can be checked without running the program. Argument: a clang build folder.
set -eu
cd "$(dirname "$0")/.."
build=$1
status=0
sources=$(git ls-files '*.c')

echo "== layers"
python3 tools/check_layers.py || status=1

echo "== clang-format"
# shellcheck disable=SC2046  # file names without spaces, see STYLE
clang-format-14 --dry-run -Werror $(git ls-files '*.[ch]') || status=1

echo "== licence heads"
for file in $(git ls-files '*.[ch]'); do
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
		echo "$file: no licence line"
		status=1
	}
done

echo "== cppcheck"
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,performance,portability \
	--suppressions-list=tools/cppcheck.txt -Iinclude -Isrc -I. -j "$(nproc)" \
	$(echo "$sources" | grep -E '^(src|vboard)/') || status=1

echo "== clang-tidy"
echo "$sources" | grep -E '^(src|vboard)/' | xargs -P "$(nproc)" -n 4 clang-tidy-14 --quiet -p "$build" 2>/dev/null || status=1

[ $status -eq 0 ] && echo "lint: clean"
exit $status
