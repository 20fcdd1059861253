#!/bin/sh
# Install the missing Debian packages of the groups named (tools/packages.txt); sudo only where not root.
set -eu
here=$(dirname "$0")

missing=
for group in "$@"; do
	for package in $(sed -n "s/^$group: //p" "$here/packages.txt"); do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$state" = installed ] || missing="$missing $package"
	done
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" -eq 0 ] || root=sudo
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# The package lists may be old or, in a fresh container, absent.
$root apt-get update -qq
# shellcheck disable=SC2086  # one word a package
$root apt-get install -y -qq --no-install-recommends $missing >/dev/null
