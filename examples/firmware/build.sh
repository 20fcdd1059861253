#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the demo firmware into prebuilt/ (or the folder given), the same bytes each time with the
# same compiler. Needs gcc-arm-none-eabi. The results are committed, so that nobody needs this to
# try dapper.
set -eu
cd "$(dirname "$0")"
out=${1:-prebuilt}
cc=${CROSS_COMPILE:-arm-none-eabi-}gcc
flags="-mcpu=cortex-m4 -mthumb -Os -std=c11 -Wall -Wextra -Wpedantic -Werror -ffreestanding
	-ffunction-sections -fdata-sections -ffile-prefix-map=$PWD=. -nostdlib -static
	-Wl,--gc-sections -Wl,--build-id=none -Wl,--undefined=demo_version
	-T stm32f407vg.ld"

mkdir -p "$out"
# shellcheck disable=SC2086 # flags are many words
$cc $flags -g main.c startup.c -lgcc -o "$out/demo.elf"
# shellcheck disable=SC2086
$cc $flags -DDEMO_TABLE -s main.c startup.c table.S -lgcc -o "$out/demo-256k.elf"
"${CROSS_COMPILE:-arm-none-eabi-}size" "$out/demo.elf" "$out/demo-256k.elf"
