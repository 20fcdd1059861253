#!/bin/sh
# The main job in one go: a virtual STM32F407, an example firmware, the vendor's own flash algorithm.
set -eu
cd "$(dirname "$0")/.."
dapper=${1:-build}/src/cli/dapper
pack=../shared/data/packs/Keil.STM32F4xx_DFP
firmware=examples/firmware/prebuilt/demo.elf
log=$(mktemp)
trap 'kill $server 2>/dev/null; rm -f "$log"' EXIT

show() {
	echo "\$ dapper $*"
	"$dapper" "$@"
}

echo "\$ dapper vboard serve stm32f407vg --tcp 0 &"
"$dapper" vboard serve stm32f407vg --tcp 0 >"$log" &
server=$!
until grep -q serving "$log"; do
	kill -0 $server
	sleep 0.1
done
cat "$log"
probe=$(sed -n 's/.*--probe //p' "$log")

if [ -d "$pack" ]; then
	set -- -t STM32F407VG --pack "$pack"
else
	echo "(no vendor's pack at $pack: using dapper's own flash algorithm)"
	set -- -t stm32f407vg
fi
show flash "$firmware" --probe "$probe" "$@"
echo
echo "the firmware's serial port:"
sleep 2
sed 1d "$log" | head -n 5
echo
show regs pc sp lr xpsr --probe "$probe"
