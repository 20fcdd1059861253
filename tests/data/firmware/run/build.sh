#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the programs for the tests of `dapper run` into the folder given or this one: NAME.elf for
# an STM32F407VG, NAME-m0.elf for the generic Cortex-M0, NAME-ram.elf for RAM. Needs
# gcc-arm-none-eabi. The results are committed.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
cc=${CROSS_COMPILE:-arm-none-eabi-}gcc
flags="-mthumb -Os -std=c11 -Wall -Wextra -Werror -ffreestanding -ffunction-sections
	-fdata-sections -ffile-prefix-map=$PWD=. -nostdlib -static -Wl,--gc-sections
	-Wl,--build-id=none -T run.ld"

build() { # SOURCE OUTPUT FLASH_START CPU
	# shellcheck disable=SC2086 # flags are many words
	$cc $flags "-mcpu=$4" "-Wl,--defsym=FLASH_START=$3" "$1.c" startup.c -lgcc -o "$out/$2.elf"
}

for name in hello fault handled rtt endless breakpoint serial files; do
	build "$name" "$name" 0x08000000 cortex-m4
done
for name in hello fault rtt endless; do
	build "$name" "$name-m0" 0 cortex-m0
done
build hello hello-ram 0x20000000 cortex-m4
