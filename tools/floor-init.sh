#!/bin/sh
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
#
# The first process of the guest of floor-kernel.sh, run by busybox from the initramfs: makes the host's
# files the root, runs /command there, and reports its output and exit code through the emulator's ports.
# shellcheck disable=SC2154,SC1091,SC2015,SC2034 # the variables in capitals come from /settings

export PATH=/bin
give_up() { echo "floor: $*" >/dev/console; poweroff -f; }
port() { # the device of the emulator's port with this name; ports appear a little after their driver
  for try in $(seq 100); do
    path=$(grep -lx "$1" /sys/class/virtio-ports/*/name 2>/dev/null) && break
    sleep 0.1
  done
  [ -n "$path" ] || give_up "no port $1"
  path=${path%/name}; echo "/dev/${path##*/}"
}
. /settings
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
for module in $BOOT_MODULES; do modprobe "$module" || give_up "no module $module"; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /host || give_up "no root"
mount --bind "/host$KERNEL/lib/modules" /lib/modules
[ -d /host/lib/modules ] && mount --bind /lib/modules /host/lib/modules
for module in $TEST_MODULES; do modprobe "$module" || give_up "no module $module"; done
mount -t proc proc /host/proc; mount -t sysfs sysfs /host/sys; mount -t devtmpfs dev /host/dev
ln -s /proc/self/fd /dev/fd; ln -s fd/0 /dev/stdin; ln -s fd/1 /dev/stdout; ln -s fd/2 /dev/stderr
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /host/dev/pts
mount -t tmpfs -o mode=1777 shm /host/dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp && mkdir /tmp/upper /tmp/work && chmod 1777 /tmp/upper
mount -t overlay -o lowerdir=/host/tmp,upperdir=/tmp/upper,workdir=/tmp/work tmp /host/tmp || give_up "no /tmp"
mount -t tmpfs -o mode=755 run /host/run && mkdir -p "/host$SCRATCH" /host/run/lock || give_up "no /run"
cp /command /host/run/floor-command
ip link set lo up
hostname floor
# The output goes through pipes: a port can be opened only once, a pipe also as /dev/stdout.
out=$(port out); err=$(port err); status=$(port status)
mkfifo /out /err
cat /out >"$out" & cat_out=$!
cat /err >"$err" & cat_err=$!
# Moved onto / and not only entered, or the command could not make user namespaces.
(cd /host && mount --move . / && exec env -i chroot . "$BASH_PATH" /run/floor-command </dev/null >/out 2>/err)
code=$?
for try in $(seq 30); do # not longer: a process left behind may hold the pipes open
  kill -0 $cat_out 2>/dev/null || kill -0 $cat_err 2>/dev/null || break
  sleep 0.1
done
echo "exit $code" >"$status"
sleep 0.2
poweroff -f
