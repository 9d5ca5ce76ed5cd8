#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# Runs the compiled datagram tests, Netty's and the project's own, without Maven and without writing to the project:
# tools/floor-kernel.sh calls it inside of the emulator. With arguments, only the classes or packages named.
set -euo pipefail
own=(DatagramSize ReadControl PayloadKind Connection ReceiveOffload Segmentation BadInput DatagramOption
    ChannelConstruction MulticastMembership WritePattern ReceivedContent SlotExhaustion HandlerLifecycle SmallQueues)
own=("${own[@]/#/dev.ringport.uring.}")
cd "$(dirname "$0")/../transport-iouring-udp"
if [[ ! -f target/java-home || ! -f target/test.classpath ]]; then
    echo "the tests are not compiled: run ./test or mvn verify first" >&2
    exit 1
fi
(($# > 0)) || set -- dev.ringport.uring.suite "${own[@]/%/Test}"
java=$(cat target/java-home)/bin/java
scratch=${FLOOR_SCRATCH:-$(mktemp -d)}
mkdir -p "$scratch"
RINGPORT_JAVA=$java exec ../tools/netns/bin/java \
    --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx700m \
    -Djava.io.tmpdir="$scratch" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "target/test-classes:target/classes:$(cat target/test.classpath)" \
    dev.ringport.testkit.RunTests "$@"
