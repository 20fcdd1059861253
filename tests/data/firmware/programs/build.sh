#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the programs of this folder for each core into programs-CORE.elf, here or in the folder
# given, and for the host, whose output is programs.txt. The results are committed. Needs
# gcc-arm-none-eabi and libnewlib-arm-none-eabi.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
cc=${CROSS_COMPILE:-arm-none-eabi-}gcc
sources="main.c sorts.c digests.c numbers.c floats.c control.c exceptions.c"
flags="-O2 -std=gnu11 -Wall -Wextra -Werror -ffp-contract=off -ffile-prefix-map=$PWD=."

build() { # NAME CODE_START RAM_START FLAGS...
	name=$1 code=$2 ram=$3
	shift 3
	# shellcheck disable=SC2086 # flags and sources are many words
	"$cc" $flags -mthumb "$@" -ffunction-sections -fdata-sections -nostartfiles -static -s \
		--specs=nano.specs -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,max-page-size=4 -Wl,--no-warn-rwx-segments \
		-T programs.ld "-Wl,--defsym=CODE_START=$code" "-Wl,--defsym=RAM_START=$ram" \
		$sources -lm -lc -lgcc -o "$out/programs-$name.elf"
}

build m0 0 0x20000000 -mcpu=cortex-m0
build m0plus 0 0x20000000 -mcpu=cortex-m0plus
build m3 0 0x20000000 -mcpu=cortex-m3
build m4f 0 0x20000000 -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard
build m7 0 0x20000000 -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard
# QEMU's AN505 starts in Secure state: its Secure aliases.
build m23 0x10000000 0x38000000 -mcpu=cortex-m23
build m33 0x10000000 0x38000000 -mcpu=cortex-m33 -mfpu=fpv5-sp-d16 -mfloat-abi=hard

# shellcheck disable=SC2086
"${HOST_CC:-cc}" $flags $sources -lm -o "$out/programs-host"
"$out/programs-host" >"$out/programs.txt"
rm "$out/programs-host"
