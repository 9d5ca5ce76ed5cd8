// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one loop has counted since it started, for whoever looks at a running server. Written by the loop; reads from
 * other threads are not torn and may lag.
 */
public final class IocpCounters {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    /** What is counted. */
    public enum Counter {
        /** Calls that asked the port for completion packets. */
        DEQUEUES,
        /** Completion packets taken, wake-ups not counted. */
        PACKETS,
        /** Calls that start receiving: datagrams, streams, zero-byte receives among them. */
        RECEIVE_CALLS,
        /** Receives of no bytes, which tell when an idle connection has data without pinning memory for it. */
        ZERO_BYTE_RECEIVES,
        /** Calls that start sending: datagrams, trains of them, streams, parts of files. */
        SEND_CALLS,
        /** Datagrams handed up. */
        DATAGRAMS_RECEIVED,
        /** Datagrams that were longer than the channel's receive size and were cut. */
        DATAGRAMS_TRUNCATED,
        /** Datagrams dropped because no buffer could be allocated, or several came glued without their size. */
        DATAGRAMS_DROPPED,
        /** Resets that Windows told of on unconnected UDP sockets: an earlier datagram met a closed port. */
        DATAGRAM_RESETS,
        /** Datagrams that left inside of segmented sends. */
        DATAGRAMS_SEGMENTED,
        /** Sends that Windows had no buffers for and that were made again. */
        SENDS_DELAYED,
        /** Segmented sends that the system refused and that were sent one by one. */
        SEGMENTATION_REFUSED,
        /** Connections accepted. */
        ACCEPTED,
        /** Accepts that failed because the peer was gone again. */
        ACCEPTS_FAILED
    }

    private final long[] values = new long[Counter.values().length];

    IocpCounters() {}

    @SuppressWarnings("EnumOrdinal") // an index into this class's own array
    private static int index(Counter counter) {
        return counter.ordinal();
    }

    void add(Counter counter, long amount) {
        ELEMENT.setOpaque(values, index(counter), values[index(counter)] + amount);
    }

    void increment(Counter counter) {
        add(counter, 1);
    }

    /** The count so far, from any thread. */
    public long get(Counter counter) {
        return (long) ELEMENT.getOpaque(values, index(counter));
    }

    /** All counts in one line. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        for (Counter counter : Counter.values()) {
            line.append(line.isEmpty() ? "" : ", ").append(counter).append('=').append(get(counter));
        }
        return line.toString();
    }
}
