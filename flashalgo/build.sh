#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds our flash algorithms into prebuilt/ (or the folder given), the same bytes each time with
# the same compiler. Needs gcc-arm-none-eabi. The results are committed, so that nobody needs this
# to build dapper.
set -eu
cd "$(dirname "$0")"
out=${1:-prebuilt}
prefix=${CROSS_COMPILE:-arm-none-eabi-}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# name, source, core, definitions
algorithms="
stm32f1_128  stm32f1.c cortex-m3 -DFLASH_KB=128 -DPAGE_KB=1
stm32f4_512  stm32f4.c cortex-m4 -DFLASH_KB=512
stm32f4_1024 stm32f4.c cortex-m4 -DFLASH_KB=1024
"

mkdir -p "$out"
echo "$algorithms" | while read -r name source core defines; do
	[ -n "$name" ] || continue
	# shellcheck disable=SC2086 # several definitions are several words
	"${prefix}gcc" -mcpu="$core" -mthumb -mfloat-abi=soft -Os -std=c11 -Wall -Wextra -Wpedantic \
		-Werror -Wno-int-to-pointer-cast -ffreestanding -fno-jump-tables -nostdlib \
		$defines -c "$source" -o "$work/$name.o"
	"${prefix}ld" --emit-relocs -n -T flm.ld -o "$work/$name.elf" "$work/$name.o"
	python3 check.py --relocations "$work/$name.elf"
	"${prefix}ld" -n -T flm.ld -o "$work/$name.flm" "$work/$name.o"
	"${prefix}strip" --strip-debug "$work/$name.flm"
	python3 check.py "$work/$name.flm"
	install -m 644 "$work/$name.flm" "$out/$name.flm"
done

# What is ours beside the algorithms. Without relocations it is independent of its position.
"${prefix}gcc" -mcpu=cortex-m0 -mthumb -Wa,--fatal-warnings -c loader.S -o "$work/loader.o"
if "${prefix}readelf" -r "$work/loader.o" | grep -q R_ARM; then
	echo "loader.S has relocations: it depends on its position" >&2
	exit 1
fi
"${prefix}objcopy" -O binary -j .text "$work/loader.o" "$work/loader.bin"
install -m 644 "$work/loader.bin" "$out/loader.bin"
