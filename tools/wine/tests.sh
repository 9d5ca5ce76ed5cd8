#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs all tests of a module on a Windows JVM under Wine, in a network namespace of its own where that is allowed.
# Called by Maven's profile wine when the tests are compiled:
#
#   tools/wine/tests.sh MODULE_FOLDER SECONDS [WINDOWS_JDK_FOLDER]
#
# Prints each class when it is done, then the failures; the last line counts the tests. Reports and the JVM's output
# are in target/wine-reports. Fails when a test failed, when none passed, when one that the table in the module's README names
# did not run and pass, when Netty found a leak, and when the JVM crashed or was not done after so many seconds. Where Wine or
# the JDK cannot be had, one line says so, also in target/wine-not-run.txt; with CI=true that is a failure, unless
# RINGPORT_NOT_RUN=later: then the caller looks at that file.
set -euo pipefail

cannot_set_up() { # why, how to get it
    local proof=
    command -v "$mingw" >/dev/null || proof=" and the proof of the layouts by mingw-w64"
    echo "NOT RUN: the tests on a Windows JVM$proof: $1; $2" | tee target/wine-not-run.txt
    if [[ ${CI:-} == true && ${RINGPORT_NOT_RUN:-} != later ]]; then exit 1; else exit 0; fi
}

fail() {
    echo "Wine: $1" >&2
    exit 1
}

# shellcheck disable=SC2317 # called by a trap
clean_up() {
    trap '' INT TERM HUP
    if [[ -n $tests ]]; then
        kill -- "-$tests" 2>/dev/null || true
        wait "$tests" 2>/dev/null || true
    fi
    rm -rf ${wine_partial:+"$wine_partial"}
}

run_tests() { # seconds
    local class_path
    class_path="target/test-classes;target/classes;$wine_tools/class-path;$(tr ':' ';' <target/test.classpath)"
    # The JVM ends itself first and shows its threads; timeout is for one that cannot.
    RINGPORT_JAVA=$wine_tools/java RINGPORT_NETNS_TESTS="multicast" \
        timeout --foreground --kill-after=60 "$(($1 + 60))" ../tools/netns/bin/java \
        --enable-native-access=ALL-UNNAMED -Dio.netty.leakDetection.level=paranoid -Xmx1g \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dringport.bench.seconds="$1" \
        "-Dringport.child.options=-XX:-PrintWarnings -XX:+UseSerialGC -XX:-CreateCoredumpOnCrash" \
        -Dringport.child.launcher=dev.ringport.testkit.wine.WineLauncher \
        -XX:-CreateCoredumpOnCrash -XX:ErrorFile="$reports/hs_err.log" \
        -cp "$class_path" dev.ringport.testkit.wine.WineLauncher org.junit.platform.console.ConsoleLauncher \
        execute --disable-banner --disable-ansi-colors --details=none --fail-if-no-tests \
        --scan-classpath=target/test-classes '--include-classname=.+Test$' --reports-dir="$reports" 2>&1 |
        sed -u 's/\r$//' | tee "$reports/output.txt" | sed -un '/^Done /p'
}

count() { # an attribute of the reports' test suites: their sum
    local number sum=0
    for number in $(sed -n "s/^<testsuite .* $1=\"\([0-9]*\)\".*/\1/p" "$reports"/TEST-*.xml 2>/dev/null); do
        sum=$((sum + number))
    done
    echo "$sum"
}

passed_tests() { # of the reports, each a line: the class without its package, #, the method
    # What a test printed is in the reports as well, but never one of these elements at a line's beginning.
    sed -n '/^<\(testcase\|skipped\|failure\|error\)[ >]/p; /^<\/testcase>/p' "$reports"/TEST-*.xml | awk '
        /^<testcase / {
            match($0, / classname="[^"]*"/)
            class = substr($0, RSTART + 12, RLENGTH - 13)
            sub(/.*\./, "", class)
            match($0, / name="[A-Za-z0-9_]*/)
            test = class "#" substr($0, RSTART + 7, RLENGTH - 7)
        }
        /^<(skipped|failure|error)/ { test = "" }
        /^<\/testcase>/ && test != "" { print test }' | sort -u
}

tests_of_table() { # those that the table in the module's README names
    [[ -f README.md ]] || return 0
    sed -n 's/^|.*`\([A-Za-z0-9_]*Test#[A-Za-z0-9_]*\)`.*/\1/p' README.md | sort -u
}

main() {
    local seconds=$2 code=0 all failed skipped passed last missing
    choose_windows_jdk "${3:-}"
    cd "$1"
    reports=target/wine-reports
    rm -rf "$reports" target/wine-not-run.txt
    mkdir -p "$reports"
    set_up_wine
    set -m # a process group, which clean_up ends
    run_tests "$seconds" </dev/null &
    tests=$!
    wait "$tests" || code=$?
    tests=
    if ! compgen -G "$reports/TEST-*.xml" >/dev/null; then
        tail -n 50 "$reports/output.txt"
        last=$(sed -n 's/^Running //p' "$reports/output.txt" | tail -n 1)
        fail "the JVM ended with exit code $code before its tests were done${last:+, in $last}: see $PWD/$reports"
    fi
    all=$(count tests)
    ((all > 0)) || fail "no test was found"
    failed=$(($(count failures) + $(count errors)))
    skipped=$(count skipped)
    if ((code != 0 && failed == 0)); then # a class could not be set up or torn down
        failed=1
    fi
    ((failed == 0)) || sed -n '/^Failures (/,/^Test run finished/p' "$reports/output.txt"
    passed=$((all - failed - skipped))
    echo "Wine: $passed passed, $failed failed, $skipped skipped"
    ((failed == 0)) || exit 1
    ((passed > 0)) || fail "no test ran"
    missing=$(comm -23 <(tests_of_table) <(passed_tests))
    [[ -z $missing ]] || fail "README.md names tests that did not run and pass: ${missing//$'\n'/, }"
    if grep -q "LEAK:" "$reports/output.txt"; then
        fail "Netty's leak detector found leaks: $(grep -c "LEAK:" "$reports/output.txt"), see $PWD/$reports/output.txt"
    fi
}

source "$(dirname "${BASH_SOURCE[0]}")/set-up.sh"
tests= # the process that runs them
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
main "$@"
