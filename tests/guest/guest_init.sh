#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first process of the guest (run_guest.py starts it). Its root becomes the host's, read-only
# below a layer of memory, so that programs run where they are; /out is a writable folder of the
# host: /out/command is run there, /out/status gets its exit code.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
b=/bin/busybox
root=/tmp/root

$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t tmpfs tmpfs /tmp
$b mkdir -p /tmp/host /tmp/layer $root
$b mount -t tmpfs tmpfs /tmp/layer
$b mkdir /tmp/layer/upper /tmp/layer/work
$b mount -t hostfs -o / host /tmp/host
$b mount -t overlay -o lowerdir=/tmp/host,upperdir=/tmp/layer/upper,workdir=/tmp/layer/work overlay $root

$b mount -t devtmpfs dev $root/dev
$b mkdir -p $root/dev/pts $root/dev/shm $root/out
$b mount -t devpts devpts $root/dev/pts
$b mount -t tmpfs tmpfs $root/dev/shm
$b mount -t tmpfs tmpfs $root/run
$b mount -t tmpfs tmpfs $root/tmp
$b mount --move /proc $root/proc
$b mount --move /sys $root/sys

out=$($b tr ' ' '\n' <$root/proc/cmdline | $b sed -n 's/^out=//p')
$b mount -t hostfs -o "$out" out $root/out
$b ip link set lo up 2>/dev/null || $b ifconfig lo 127.0.0.1 up

# The log is a file: the console would turn its line ends into CR LF.
$b chroot $root /bin/sh -c 'exec /bin/sh /out/command </dev/null >/out/log 2>&1'
echo $? >$root/out/status
$b poweroff -f
