#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds freertos-CORE.elf from the kernel's sources: build.sh KERNEL [OUTPUT]. KERNEL is a checkout of
# https://github.com/FreeRTOS/FreeRTOS-Kernel, tag V11.2.0, commit
# 0adc196d4bd52a2d91102b525b0aafc1e14a2386 (MIT: LICENSE-FreeRTOS.md). The results are committed.
# Needs gcc-arm-none-eabi and libnewlib-arm-none-eabi. Debug information is left out for size, the
# symbols are kept: RTOS awareness needs them.
set -eu
kernel=$(cd "$1" && pwd)
cd "$(dirname "$0")"
out=${2:-.}
cc=${CROSS_COMPILE:-arm-none-eabi-}gcc
flags="-O2 -std=gnu11 -Wall -Wextra -ffile-prefix-map=$PWD=. -ffile-prefix-map=$kernel=FreeRTOS-Kernel"

build() { # NAME PORT CODE_START RAM_START FLAGS...
	name=$1 port=$kernel/portable/GCC/$2 code=$3 ram=$4
	shift 4
	# shellcheck disable=SC2086 # flags are many words
	"$cc" $flags -mthumb "$@" -I. "-I$kernel/include" "-I$port" -ffunction-sections \
		-fdata-sections -nostartfiles -static --specs=nano.specs -Wl,--gc-sections \
		-Wl,--build-id=none -Wl,-z,max-page-size=4 -Wl,--no-warn-rwx-segments -Wl,-S \
		-T freertos.ld "-Wl,--defsym=CODE_START=$code" "-Wl,--defsym=RAM_START=$ram" \
		main.c "$kernel"/tasks.c "$kernel"/queue.c "$kernel"/list.c "$port"/port*.c \
		-lc -lgcc -o "$out/freertos-$name.elf"
}

build m0 ARM_CM0 0 0x20000000 -mcpu=cortex-m0
build m4f ARM_CM4F 0 0x20000000 -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard
# Without the Security Extension; and for a core that has it, all in Secure state, as QEMU's AN505 starts.
build m33 ARM_CM33_NTZ/non_secure 0x10000000 0x38000000 -mcpu=cortex-m33 -mfpu=fpv5-sp-d16 \
	-mfloat-abi=hard
build m33-secure ARM_CM33_NTZ/non_secure 0x10000000 0x38000000 -mcpu=cortex-m33 -mfpu=fpv5-sp-d16 \
	-mfloat-abi=hard -DconfigRUN_FREERTOS_SECURE_ONLY=1
