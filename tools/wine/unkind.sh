#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs test classes of transport-iocp on a Windows JVM under Wine whose Windows is unkind: a seed decides which calls end at
# once and which later, in what order operations end, and more (dev.ringport.iocp.unkind). After mvn -Pwine process-test-classes:
#
#   tools/wine/unkind.sh [--seeds FIRST-LAST] [--seconds N] [CLASS...]
#
# By default seeds 1 to 20, and Netty's suites on the transport with itself, and ReservedPortTest. Left out is what seeds break by
# design; the reason stands at the test. Prints a line for each seed, names those that
# failed, and fails if one did: repeat it by --seeds N-N. A seed fails too if the transport made a fault that Wine forgives and
# Windows does not. What each printed is in target/unkind-reports.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../transport-iocp"
first=1
last=20
seconds=600
while [[ ${1:-} == --* ]]; do
    case $1 in
        --seeds) first=${2%-*} last=${2#*-} ;;
        --seconds) seconds=$2 ;;
        *) echo "unknown option $1" >&2 && exit 2 ;;
    esac
    shift 2
done
select=(--scan-classpath=target/test-classes '--include-classname=dev\.ringport\.iocp\.(suite\..+|unkind\.ReservedPort)Test')
if (($# > 0)); then
    select=("${@/#/--select-class=}")
fi
reports=target/unkind-reports
mkdir -p "$reports"
class_path="target/test-classes;target/classes;../tools/wine/class-path;$(tr ':' ';' <target/test.classpath)"
failed=()
for ((seed = first; seed <= last; seed++)); do
    code=0
    # The JVM ends itself first and shows its threads.
    RINGPORT_JAVA=$PWD/../tools/wine/java RINGPORT_NETNS_TESTS=multicast \
        timeout --foreground --kill-after=60 "$((seconds + 60))" ../tools/netns/bin/java \
        --enable-native-access=ALL-UNNAMED -Xmx1g -Dio.netty.leakDetection.level=paranoid \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dringport.bench.seconds="$seconds" \
        -Dringport.unkind.seed="$seed" -XX:-CreateCoredumpOnCrash -cp "$class_path" \
        dev.ringport.testkit.wine.WineLauncher dev.ringport.iocp.unkind.UnkindLauncher \
        org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=none \
        --fail-if-no-tests "${select[@]}" </dev/null >"$reports/seed-$seed.txt" 2>&1 || code=$?
    if ((code == 0)) && ! grep -q 'LEAK:\|^Unkind: faults' "$reports/seed-$seed.txt"; then
        echo "seed $seed passed"
    else
        echo "seed $seed FAILED (exit code $code), see $PWD/$reports/seed-$seed.txt; repeat it by --seeds $seed-$seed"
        failed+=("$seed")
    fi
done
if ((${#failed[@]} > 0)); then
    echo "unkind: seeds that failed: ${failed[*]}" >&2
    exit 1
fi
