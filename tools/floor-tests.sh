#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# Runs the compiled datagram tests of the transports for Linux, Netty's and the project's own, without Maven and without
# writing to the project: tools/floor-kernel.sh calls it inside of the emulator. With arguments, only the classes or packages
# named, of one transport: dev.ringport.uring... or dev.ringport.mmsg...; FLOOR_TRANSPORTS names those to run otherwise.
set -euo pipefail
shared=(DatagramSize ReadControl PayloadKind Connection ReceiveOffload Segmentation BadInput DatagramOption
    ChannelConstruction MulticastMembership WritePattern ReceivedContent HandlerLifecycle)
uring=(SlotExhaustion SmallQueues)
mmsg=(ReceiveError ForeignLoop)
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=${FLOOR_SCRATCH:-$(mktemp -d)}
mkdir -p "$scratch"

run() { # transport, its folder, classes or packages
    local transport=$1
    cd "$root/$2"
    shift 2
    if [[ ! -f target/java-home || ! -f target/test.classpath ]]; then
        echo "the tests are not compiled: run ./test or mvn verify first" >&2
        exit 1
    fi
    if (($# == 0)); then
        local -n own=$transport
        set -- "${shared[@]}" "${own[@]}"
        set -- "${@/#/dev.ringport.$transport.}"
        set -- "dev.ringport.$transport.suite" "${@/%/Test}"
    fi
    RINGPORT_JAVA=$(cat target/java-home)/bin/java ../tools/netns/bin/java \
        --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx700m \
        -Djava.io.tmpdir="$scratch" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        -cp "target/test-classes:target/classes:$(cat target/test.classpath)" \
        dev.ringport.testkit.RunTests "$@"
}

folder_of() {
    case $1 in
        uring) echo transport-iouring-udp ;;
        mmsg) echo transport-mmsg-udp ;;
        *) echo "no transport $1" >&2; exit 1 ;;
    esac
}

if (($# > 0)); then
    transport=$(cut -d. -f3 <<<"$1")
    run "$transport" "$(folder_of "$transport")" "$@"
else
    code=0
    for transport in ${FLOOR_TRANSPORTS:-uring mmsg}; do
        (run "$transport" "$(folder_of "$transport")") || code=1
    done
    exit $code
fi
