#!/bin/sh
# Run every fuzz target for a short bounded time (FUZZ_SECONDS each, 20 by default).
set -eu
cd "$(dirname "$0")/.."
[ -d build-fuzz ] || CC=clang /usr/bin/python3 /usr/bin/meson setup build-fuzz -Dfuzz=true \
	-Db_sanitize=address,undefined -Db_lundef=false
ninja -C build-fuzz
for target in build-fuzz/fuzz/fuzz_*; do
	[ -x "$target" ] && [ -f "$target" ] || continue
	name=${target##*/fuzz_}
	echo "== $name"
	scratch=$(mktemp -d)
	"$target" -max_total_time="${FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=build-fuzz/crash-"$name"- "$scratch" "fuzz/corpus/$name" 2>&1 | tail -n 8
	rm -rf "$scratch"
done
