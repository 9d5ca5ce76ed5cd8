#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
#
# Gets what the tests on a Windows JVM need, and mingw-w64, before the tests on Linux that use it. Called by Maven's
# profile wine; takes a moment when all is there, and prints nothing. What cannot be had is said by tests.sh, later.
#
#   tools/wine/install.sh [WINDOWS_JDK_FOLDER]
set -euo pipefail

# shellcheck disable=SC2317 # called by set_up_wine
cannot_set_up() {
    exit 0
}

source "$(dirname "${BASH_SOURCE[0]}")/set-up.sh"
trap 'rm -rf ${wine_partial:+"$wine_partial"}' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
choose_windows_jdk "${1:-}"
set_up_wine
