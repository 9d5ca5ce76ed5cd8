# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of the root directory.

run_maven() {
    if ! command -v mvn > /dev/null; then
        echo "Maven is needed: no mvn on the PATH" >&2
        return 1
    fi
    local status=0
    mvn -B -ntp "$@" || status=$?
    if ((status != 0)) && [[ $(mvn -B -ntp -q -N validate 2>&1) == *"matching toolchain"* ]]; then
        echo "A JDK 25 is needed next to the java that Maven runs on: install one, or let JDK25_HOME name it" >&2
    fi
    return $status
}
