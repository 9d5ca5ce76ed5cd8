// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.loop.LoopCounters;
import dev.ringport.iocp.loop.SocketAtLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has counted since it started, for whoever looks at a running server. Written by the loop; reads from
 * other threads are not torn and may lag.
 */
public final class IocpCounters {
    private static final Map<Counter, VarHandle> FIELDS = new EnumMap<>(Counter.class);

    static {
        try {
            for (Counter counter : Counter.values()) {
                FIELDS.put(
                        counter, MethodHandles.lookup().findVarHandle(LoopCounters.class, counter.field, long.class));
            }
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** What is counted. */
    public enum Counter {
        /** Calls that asked the port for completion packets. */
        DEQUEUES("dequeues"),
        /** Completion packets taken, wake-ups not counted. */
        PACKETS("packets"),
        /** Calls that start receiving: datagrams, streams, zero-byte receives among them. */
        RECEIVE_CALLS("receiveCalls"),
        /** Receives of no bytes, which tell when an idle connection has data without pinning memory for it. */
        ZERO_BYTE_RECEIVES("zeroByteReceives"),
        /** Calls that start sending: datagrams, trains of them, streams, parts of files. */
        SEND_CALLS("sendCalls"),
        /** Datagrams handed up. */
        DATAGRAMS_RECEIVED("datagramsReceived"),
        /** Datagrams that were longer than the channel's receive size and were cut. */
        DATAGRAMS_TRUNCATED("datagramsTruncated"),
        /** Reads dropped because no buffer could be allocated, or the size to cut them by was missing. */
        DATAGRAMS_DROPPED("datagramsDropped"),
        /** Resets that Windows told of on unconnected UDP sockets: an earlier datagram met a closed port. */
        DATAGRAM_RESETS("datagramResets"),
        /** Datagrams that left inside of segmented sends. */
        DATAGRAMS_SEGMENTED("datagramsSegmented"),
        /** Sends that Windows had no buffers for and that were made again. */
        SENDS_DELAYED("sendsDelayed"),
        /** Segmented sends that the system refused and that were sent one by one. */
        SEGMENTATION_REFUSED("segmentationRefused"),
        /** Connections accepted. */
        ACCEPTED("accepted"),
        /** Accepts that failed because the peer was gone again. */
        ACCEPTS_FAILED("acceptsFailed");

        private final String field;

        Counter(String field) {
            this.field = field;
        }
    }

    private final LoopCounters counters;

    IocpCounters(LoopCounters counters) {
        this.counters = counters;
    }

    static @Nullable IocpCounters of(SocketAtLoop place) {
        LoopCounters counters = place.counters();
        return counters == null ? null : new IocpCounters(counters);
    }

    /** The count so far, from any thread. */
    public long get(Counter counter) {
        return (long) Objects.requireNonNull(FIELDS.get(counter)).getOpaque(counters);
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
