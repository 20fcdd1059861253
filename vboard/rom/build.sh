#!/bin/sh
# Makes prebuilt/*.bin: our own boot ROMs of virtual boards. Needs gcc-arm-none-eabi.
set -eu
cd "$(dirname "$0")"
out=${1:-prebuilt}
mkdir -p "$out"
flags='-mcpu=cortex-m0plus -mthumb -Os -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns
  -ffunction-sections -std=c11 -Wall -Wextra -Werror -nostdlib -nostartfiles -Wl,--build-id=none'
# shellcheck disable=SC2086 # words
arm-none-eabi-gcc $flags -T rom.ld -o "$out/rp2040.elf" rp2040.S rp2040.c -lgcc
arm-none-eabi-objcopy -O binary -j .rom "$out/rp2040.elf" "$out/rp2040.bin"
rm "$out/rp2040.elf"
