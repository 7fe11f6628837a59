#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# PID 1 of the emulated host: this machine's own root file system, read through virtiofs, with all that is written kept in
# RAM. HOST_NODE and HOST_AGENT come from the kernel's command line.
/bin/busybox --install -s /bin
export PATH=/bin
root=/root

mount -t devtmpfs devtmpfs /dev
exec </dev/console >/dev/console 2>&1
while read -r module options; do
  # shellcheck disable=SC2086 # options are words
  insmod "/modules/$module" $options
done </modules/load

mkdir -p /host /ram $root
mount -t virtiofs -o ro host /host
mount -t tmpfs ram /ram
mkdir /ram/upper /ram/work
mount -t overlay -o lowerdir=/host,upperdir=/ram/upper,workdir=/ram/work overlay $root

mount -t proc proc $root/proc
mount -t sysfs sysfs $root/sys
mount -t tmpfs run $root/run
mount --move /dev $root/dev
mkdir -p $root/dev/pts $root/dev/shm $root/run/kvm
mount -t devpts devpts $root/dev/pts
mount -t tmpfs -o mode=1777 shm $root/dev/shm
cp /bin/busybox /kvm/* $root/run/kvm/

# shellcheck disable=SC2016 # the new shell expands them
exec switch_root $root /run/kvm/busybox sh -c '
  "$HOST_NODE" "$HOST_AGENT"
  exec /run/kvm/busybox poweroff -f
'
