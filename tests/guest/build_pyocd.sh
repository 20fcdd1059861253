#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install pyOCD from PyPI into a virtual environment of its own, once for each version. Prints the
# program's path; fails with a reason. Cache: as build_kernel.sh. --cached: never install.
set -eu
version=0.46.0
cache=${DAPPER_GUEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dapper/guest}

die() {
	echo "pyOCD: $*" >&2
	exit 1
}

python=/usr/bin/python3
[ -x $python ] || python=python3
home=$cache/pyocd-$version-$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
done=$home/installed # scripts name their folder, so it cannot be moved when it is finished
if [ -e "$done" ]; then
	echo "$home/bin/pyocd"
	exit 0
fi
[ "${1:-}" != --cached ] || die "not installed; tests/guest/build_pyocd.sh does it, from PyPI"

mkdir -p "$cache" || die "no folder $cache"
exec 9>"$cache/lock-pyocd"
flock -w 600 9 || die "another installation holds $cache/lock-pyocd"
if [ ! -e "$done" ]; then
	echo "pyOCD: installing $version" >&2
	rm -rf "$home"
	$python -m venv "$home" >&2 || die "no virtual environment; Debian: python3-venv"
	"$home/bin/pip" install --quiet --disable-pip-version-check --retries 1 "pyocd==$version" >&2 ||
		die "PyPI cannot be reached, or has no version $version"
	touch "$done"
fi
echo "$home/bin/pyocd"
