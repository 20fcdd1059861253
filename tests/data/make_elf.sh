#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the ELF files of the tests again, with GNU binutils for Arm (2.40 of Debian 12 made those
# in git), so that what the tests expect comes from other programs than ours.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
for part in image flm; do
	arm-none-eabi-as -o "$work/small.o" "$part/small.s"
	arm-none-eabi-ld -n -T "$part/small.ld" -o "$work/small.elf" "$work/small.o"
	if [ $part = flm ]; then
		# As armlink makes it: two sections of one name.
		arm-none-eabi-objcopy --rename-section PrgBss=PrgData "$work/small.elf" flm/small.flm
	else
		cp "$work/small.elf" image/small.elf
		arm-none-eabi-objcopy -O ihex "$work/small.elf" image/small.hex
		arm-none-eabi-objcopy -O srec "$work/small.elf" image/small.srec
		cp "$work/small.o" image/object.elf
	fi
done
