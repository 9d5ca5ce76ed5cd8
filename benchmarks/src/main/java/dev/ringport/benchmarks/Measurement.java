// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

/**
 * One run of a row for one contender.
 *
 * @param count what {@link Row#unit()} counts
 * @param seconds the length of the window
 * @param cpuNanos CPU time of what is measured: the server's process, in the QUIC row both ends, and the kernel's
 *     thread that does the server's deferred network work
 * @param softirqNanos the part of that thread, 0 where it cannot be seen
 * @param allocatedBytes what the server's event loop allocated on the Java heap
 * @param arrived what the load counted in the same window, the other end of {@code count}
 * @param lost what the load gave up waiting for, in the QUIC row packets that the server took for lost
 * @param failed failures that the server saw
 * @param otherShare which part of the server's processor other processes had, 0 where the server is not pinned
 */
record Measurement(
        int repetition,
        Row row,
        Contender contender,
        long count,
        double seconds,
        long cpuNanos,
        long softirqNanos,
        long allocatedBytes,
        long arrived,
        long lost,
        long failed,
        double otherShare) {
    double cpuNanosPerUnit() {
        return (double) cpuNanos / count;
    }

    double unitsPerSecond() {
        return count / seconds;
    }

    double allocatedPerUnit() {
        return (double) allocatedBytes / count;
    }
}
