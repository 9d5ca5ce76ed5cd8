#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command under an old kernel in an emulator: Debian's 6.1, the oldest that io_uring's transport supports, or with
# FLOOR_KERNEL=5.10 that of Debian 11, where recvmmsg and sendmmsg serve:
#
#   tools/floor-kernel.sh [COMMAND [ARGS...]]
#
# The guest sees this machine's files read-only, under the same paths, and runs the command as root in
# the caller's folder; with no command, DEFAULT_COMMAND in the project's root folder. The command's
# stdout, stderr and exit code become this script's, whose own lines go to stderr. Writable in the guest:
# $FLOOR_SCRATCH, /run, /dev/shm (all empty at first) and /tmp (the host's files, changes are lost).
# Only the loopback network is there. The processor is emulated: times measured there mean nothing.
#
# FLOOR_TIMEOUT: seconds until the guest is ended with exit code 124. FLOOR_ENV: blank-separated names of
# further variables to hand on. FLOOR_MEMORY, FLOOR_CPUS: the guest's MiB (3072) and processors (1: with two, a
# thread that moves between them in the middle of a send sees its datagrams delivered out of order). CI=true: being
# unable to run is exit code 1 instead of 0.

set -euo pipefail

DEFAULT_COMMAND=(tools/floor-tests.sh)
SERIES=${FLOOR_KERNEL:-6.1}
TIMEOUT=${FLOOR_TIMEOUT:-1500}
PASSED_ON=(PATH HOME CI)
SCRATCH=/run/floor
PACKAGES=(qemu-system-x86 busybox-static cpio)
# What the guest needs to reach its root, and what the tests use there; other modules load on demand.
BOOT_MODULES=(virtio_pci virtio_console 9pnet_virtio 9p overlay)
TEST_MODULES=(veth dummy sch_tbf)

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-~/.cache}/ringport
kernel=   # the cached kernel's folder: vmlinuz, version, release, lib/modules
partial=  # the same while it is being filled
run=      # this run's temporary folder
emulator= # its process
apt_options=() # where another Debian's packages are asked for

not_run() { # why, how to get it
  echo "floor kernel $SERIES: NOT RUN: $1; $2" >&2
  if [[ ${CI:-} == true ]]; then exit 1; else exit 0; fi
}

# shellcheck disable=SC2317 # called by a trap
clean_up() {
  if [[ -n $emulator ]]; then
    kill "$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
  fi
  rm -rf ${run:+"$run"} ${partial:+"$partial"}
}

with_apt() { # apt-get, silent and without questions
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o APT::Sandbox::User=root ${apt_options[@]+"${apt_options[@]}"} "$@" \
    </dev/null >/dev/null 2>&1
}

is_root() { [[ $(id -u) == 0 ]]; }

have_tools() { # busybox must be the static one
  command -v qemu-system-x86_64 && command -v cpio && command -v busybox && ! ldd "$(command -v busybox)"
} >/dev/null 2>&1

require_tools() {
  [[ $(uname -sm) == "Linux x86_64" ]] || not_run "this machine is $(uname -sm)" "run it on Linux x86_64"
  have_tools && return
  local how="as root: apt-get install --no-install-recommends ${PACKAGES[*]}"
  command -v apt-get >/dev/null || not_run "the emulator's packages are missing and there is no apt-get" "$how"
  is_root || not_run "the emulator's packages are missing and only root can install them" "$how"
  with_apt install --no-install-recommends "${PACKAGES[@]}" ||
    { with_apt update && with_apt install --no-install-recommends "${PACKAGES[@]}"; } ||
    not_run "apt-get could not install ${PACKAGES[*]}" "$how"
  have_tools || not_run "the emulator's packages are installed but not found in PATH" "$how"
}

find_cached_kernel() {
  kernel=$(find "$cache" -mindepth 1 -maxdepth 1 -type d -name "floor-$SERIES.*" 2>/dev/null | sort -V | tail -n 1)
  [[ -n $kernel ]]
}

name_kernel_package() { # versions leave the archive: ask the metapackage for the present one
  LC_ALL=C apt-cache ${apt_options[@]+"${apt_options[@]}"} depends linux-image-amd64 2>/dev/null |
    sed -n "s/^.*Depends: \(linux-image-$SERIES\.[^ ]*-amd64\)\$/\1/p" | head -n 1
}

use_other_debian() { # its lists and packages stand in the folder $partial, from the archive that this system has
  local archive lists=$partial/apt
  archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep '/debian/$' | head -n 1)
  [[ -n $archive ]] || return 1
  mkdir -p "$lists"/{lists,cache/archives}/partial
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $1 main" >"$lists/sources.list"
  apt_options=(-o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$lists/lists"
    -o "Dir::Cache=$lists/cache" -o APT::Architectures=amd64)
}

download_kernel_package() { # into the folder $partial
  (cd "$partial" && name=$(name_kernel_package) && [[ -n $name ]] && with_apt download "$name")
}

unpack_kernel_package() { # in the folder $partial: the image, and those modules a guest may want
  local deb release tree=$partial/tree
  deb=$(find "$partial" -maxdepth 1 -name '*.deb') &&
    dpkg-deb -f "$deb" Version >"$partial/version" &&
    dpkg-deb -x "$deb" "$tree" &&
    release=$(basename "$tree"/lib/modules/*) &&
    echo "$release" >"$partial/release" &&
    mv "$tree/boot/vmlinuz-$release" "$partial/vmlinuz" &&
    find "$tree/lib/modules/$release/kernel/drivers" -mindepth 1 -maxdepth 1 \
      ! -name net ! -name virtio ! -name char ! -name block -exec rm -rf {} + &&
    mkdir "$partial/lib" &&
    mv "$tree/lib/modules" "$partial/lib/modules" &&
    rm -rf "$tree" "$deb" "$partial/apt" &&
    busybox depmod -b "$partial" "$release" &&
    chmod 755 "$partial"
}

require_kernel() {
  find_cached_kernel && return
  local how="run it on Debian 12 (bookworm) with a reachable package mirror"
  [[ $SERIES == 6.1 || $SERIES == 5.10 ]] || not_run "there is no kernel $SERIES" "FLOOR_KERNEL is 6.1 or 5.10"
  command -v apt-get >/dev/null || not_run "no kernel is cached and there is no apt-get" "$how"
  mkdir -p "$cache" 2>/dev/null || not_run "$cache cannot be made" "set XDG_CACHE_HOME to a writable folder"
  find "$cache" -maxdepth 1 -name 'partial.*' -mmin +60 -exec rm -rf {} + # of runs that were killed
  partial=$(mktemp -d "$cache/partial.XXXXXX" 2>/dev/null) ||
    not_run "$cache is not writable" "set XDG_CACHE_HOME to a writable folder"
  if [[ $SERIES == 5.10 ]]; then
    use_other_debian bullseye && with_apt update || not_run "apt-get cannot see Debian 11's packages" "$how"
  fi
  download_kernel_package || { is_root && with_apt update && download_kernel_package; } ||
    not_run "apt-get could not download a $SERIES kernel (linux-image-amd64)" "$how"
  unpack_kernel_package >/dev/null 2>&1 || not_run "the kernel's package could not be unpacked" "$how"
  mv -T "$partial" "$cache/floor-$(<"$partial/release")" 2>/dev/null || true # or another run was first
  find_cached_kernel || not_run "$cache could not be filled" "$how"
}

print_guest_settings() {
  printf '%s=%s\n' KERNEL "$(quote "$kernel")" BASH_PATH "$(quote "$(realpath "$BASH")")" SCRATCH "$SCRATCH" \
    BOOT_MODULES "$(quote "${BOOT_MODULES[*]}")" TEST_MODULES "$(quote "${TEST_MODULES[*]}")"
}

quote() { printf "'%s'" "${1//\'/\'\\\'\'}"; } # as one word for a POSIX shell

print_guest_command() { # folder, command, arguments: the script that bash runs in the guest
  local folder=$1 name names
  shift
  read -r -a names <<<"${FLOOR_ENV:-}"
  for name in "${PASSED_ON[@]}" ${names[@]+"${names[@]}"}; do
    if [[ -n ${!name+set} ]]; then printf 'export %s=%q\n' "$name" "${!name}"; fi
  done
  printf 'export FLOOR_SCRATCH=%q\n' "$SCRATCH"
  echo 'ulimit -Hn 1048576'
  printf 'cd %q || exit 125\nexec' "$folder"
  printf ' %q' "$@"
}

build_initramfs() { # folder, command, arguments
  local tree=$run/tree modules module file
  modules=lib/modules/$(<"$kernel/release")
  mkdir -p "$tree"/{bin,sbin,dev,proc,sys,tmp,host} "$tree/$modules"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  for file in $(busybox --list); do ln -s busybox "$tree/bin/$file" 2>/dev/null || true; done
  ln -s ../bin/busybox "$tree/sbin/modprobe" # where the kernel looks for it
  cp "$kernel/$modules"/modules.* "$tree/$modules"
  for module in "${BOOT_MODULES[@]}"; do # each with everything it depends on
    sed -n "s|^\(.*/$module\.ko\):|\1|p" "$kernel/$modules/modules.dep" | tr -s ' ' '\n' |
      (cd "$kernel/$modules" && xargs cp --parents -t "$tree/$modules")
  done
  cp "$project/tools/floor-init.sh" "$tree/init"
  chmod 755 "$tree/init"
  print_guest_settings >"$tree/settings"
  print_guest_command "$@" >"$tree/command"
  (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$run/initramfs"
}

start_emulator() { # one thread: a JVM crashed with more
  local name ports=()
  for name in out err status; do
    : >"$run/$name"
    ports+=(-chardev "file,id=$name,path=$run/$name,append=on" -device "virtserialport,chardev=$name,name=$name")
  done
  timeout --kill-after=5 "$TIMEOUT" qemu-system-x86_64 \
    -accel tcg,thread=single -cpu max -smp "${FLOOR_CPUS:-1}" -m "${FLOOR_MEMORY:-3072}" \
    -nodefaults -no-user-config -display none -no-reboot \
    -kernel "$kernel/vmlinuz" -initrd "$run/initramfs" \
    -append "console=ttyS0 quiet panic=-1 oops=panic mitigations=off tsc=reliable" \
    -serial "file:$run/console" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    -device virtio-serial-pci "${ports[@]}" </dev/null >"$run/emulator" 2>&1 &
  emulator=$!
}

run_guest() { # prints the command's output as it comes; the exit code is the command's
  local copy_out copy_err ended=0 code
  start_emulator
  tail -c +1 -s 0.2 -f --pid="$emulator" "$run/out" & copy_out=$!
  tail -c +1 -s 0.2 -f --pid="$emulator" "$run/err" >&2 & copy_err=$!
  wait "$emulator" || ended=$?
  emulator=
  wait "$copy_out" "$copy_err" || true
  code=$(sed -n 's/^exit \([0-9]*\)$/\1/p' "$run/status")
  if [[ -n $code ]]; then return "$code"; fi
  if [[ $ended == 124 ]]; then
    echo "floor kernel: ended after $TIMEOUT s; the console's last lines:" >&2
  else
    echo "floor kernel: the guest ended without an exit code; the console's last lines:" >&2
    ended=125
  fi
  cat "$run/emulator" "$run/console" 2>/dev/null | tr -d '\r' | tail -n 60 >&2
  return "$ended"
}

main() {
  local folder=$PWD version code=0
  if [[ $# == 0 ]]; then
    folder=$project
    set -- "${DEFAULT_COMMAND[@]}"
  fi
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  require_tools
  require_kernel
  kernel=$(cd "$kernel" && pwd -P)
  version=$(<"$kernel/version")
  version=${version%%-*}
  run=$(mktemp -d)
  build_initramfs "$(cd "$folder" && pwd -P)" "$@"
  echo "floor kernel: booting $version ($(<"$kernel/release")): $*" >&2
  run_guest || code=$?
  if [[ $code == 0 ]]; then echo "floor kernel $version: passed"; else
    echo "floor kernel $version: failed (exit $code)"
  fi >&2
  exit "$code"
}

main "$@"
