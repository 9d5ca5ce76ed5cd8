// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process has counted at one moment.
 *
 * @param nanos by the machine's monotonic clock
 * @param cpuNanos CPU time of the whole process
 * @param allocatedBytes what the thread that took it has allocated on the Java heap
 * @param datagrams of the present channel
 * @param failed failures of the present channel
 */
record Snapshot(long nanos, long cpuNanos, long allocatedBytes, long datagrams, long failed) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Snapshot take(long datagrams, long failed) {
        return new Snapshot(
                System.nanoTime(),
                Libc.processCpuNanos(),
                THREADS.getCurrentThreadAllocatedBytes(),
                datagrams,
                failed);
    }

    Message encode() {
        return Message.of(Message.OK)
                .with("nanos", nanos)
                .with("cpu", cpuNanos)
                .with("allocated", allocatedBytes)
                .with("datagrams", datagrams)
                .with("failed", failed);
    }

    static Snapshot decode(Message message) {
        return new Snapshot(
                message.number("nanos"),
                message.number("cpu"),
                message.number("allocated"),
                message.number("datagrams"),
                message.number("failed"));
    }

    /** What went by since an earlier one. */
    Snapshot since(Snapshot earlier) {
        return new Snapshot(
                nanos - earlier.nanos,
                cpuNanos - earlier.cpuNanos,
                allocatedBytes - earlier.allocatedBytes,
                datagrams - earlier.datagrams,
                failed - earlier.failed);
    }
}
