#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Build the guest's kernel (User-Mode Linux with USB) from Debian's linux-source package, once for
# each version of the source and of kernel.config. Prints the kernel's path; fails with a reason.
# Cache: $DAPPER_GUEST_CACHE, default ~/.cache/dapper/guest.
# --cached: never build, fail when there is none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${DAPPER_GUEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dapper/guest}
package=linux-source-6.1

die() {
	echo "guest kernel: $*" >&2
	exit 1
}

[ "$(uname -m)" = x86_64 ] || die "User-Mode Linux needs an x86-64 machine"
version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) && [ -n "$version" ] ||
	die "the package $package is not installed; 'tools/setup.sh guest' does it"
digest=$(sha256sum "$here/kernel.config" | cut -c 1-12)
kernel=$cache/linux-$version-$digest
if [ -x "$kernel" ]; then
	echo "$kernel"
	exit 0
fi
[ "${1:-}" != --cached ] || die "not built yet; tests/guest/build_kernel.sh does it (3 minutes)"

mkdir -p "$cache" || die "no folder $cache"
# Two builds at a time (two build folders, two checkouts) would only slow each other down.
exec 9>"$cache/lock"
flock -w 1800 9 || die "another build holds $cache/lock"
if [ -x "$kernel" ]; then
	echo "$kernel"
	exit 0
fi
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

echo "guest kernel: building $package $version, about 3 minutes" >&2
tar -C "$work" -xf "/usr/src/$package.tar.xz" || die "cannot unpack $package"
make_kernel() {
	KCONFIG_ALLCONFIG=$here/kernel.config make -C "$work/$package" ARCH=um O="$work/um" "$@" \
		>>"$work/log" 2>&1 </dev/null
}
make_kernel allnoconfig || die "cannot configure: $(tail -n 5 "$work/log")"
grep '^CONFIG_' "$here/kernel.config" | while read -r option; do
	grep -qxF "$option" "$work/um/.config" || die "$option does not take effect"
done
make_kernel -j"$(nproc)" linux || die "cannot build: $(tail -n 20 "$work/log")"
strip -s -o "$work/linux" "$work/um/linux"
mv "$work/linux" "$kernel"
echo "$kernel"
