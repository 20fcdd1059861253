#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rebuilds tests/data/firmware/*.bin with arm-none-eabi-gcc. They are committed: tests need no cross compiler.
set -eu
cd "$(dirname "$0")/../tests/data/firmware"

build() {
	name=$1
	shift
	arm-none-eabi-gcc -O2 -mthumb "$@" -ffreestanding -nostdlib -T rtos.ld -Wl,--build-id=none \
		-o "/tmp/$$.elf" rtos.c -lgcc
	arm-none-eabi-objcopy -O binary "/tmp/$$.elf" "$name.bin"
	rm "/tmp/$$.elf"
}

build rtos_m0 -mcpu=cortex-m0
build rtos_m3 -mcpu=cortex-m3
build rtos_m4f -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -DUSE_FP
