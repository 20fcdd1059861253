#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Are the files in FOLDER/prebuilt what FOLDER/build.sh makes of the sources? Only the compiler that
# made them can say (Debian 12's); exit 77, "skipped", without it.
set -eu
folder=$1
made_with=12.2.1
cc=${CROSS_COMPILE:-arm-none-eabi-}gcc
command -v "$cc" >/dev/null || exit 77
[ "$("$cc" -dumpfullversion)" = "$made_with" ] || exit 77
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
"$folder/build.sh" "$work"
for file in "$folder"/prebuilt/*; do
	cmp "$file" "$work/${file##*/}" || {
		echo "$file is not what its sources make: run $folder/build.sh" >&2
		exit 1
	}
done
