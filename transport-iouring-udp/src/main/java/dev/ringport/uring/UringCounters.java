// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.receive.RingCounters;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What one loop has counted since it started, for whoever looks at a running server. Written by the loop; reads from
 * other threads are not torn and may lag.
 */
public final class UringCounters {
    private static final Map<Counter, VarHandle> FIELDS = new EnumMap<>(Counter.class);

    static {
        try {
            for (Counter counter : Counter.values()) {
                FIELDS.put(
                        counter, MethodHandles.lookup().findVarHandle(RingCounters.class, counter.field, long.class));
            }
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** What is counted. */
    public enum Counter {
        /** Times the loop entered the kernel for its ring. */
        ENTERS("enters"),
        /** Turns that found completions which did not fit into the completion queue; nothing was lost. */
        OVERFLOWS("overflows"),
        /** Datagrams handed up. */
        RECEIVED("received"),
        /** Of those, datagrams that the kernel handed over in trains ({@code UDP_GRO}). */
        COALESCED("coalesced"),
        /** Receives that ended because no slot was free; what arrived meanwhile waited in the socket. */
        SLOTS_EXHAUSTED("slotsExhausted"),
        /** Datagrams that were longer than the channel's receive size and were cut. */
        TRUNCATED("truncated"),
        /** Datagrams dropped because no buffer could be allocated, or a train came without its segment size. */
        DROPPED("dropped"),
        /** Errors that a socket with {@code IP_RECVERR} kept in its error queue, dropped from there. */
        ERRORS_DROPPED("errorsDropped"),
        /** Send operations, each one or many datagrams. */
        SENDS("sends"),
        /** Datagrams that left inside of segmented sends. */
        SEGMENTED("segmented"),
        /** Sends that found the socket's buffer full and were sent again. */
        SENDS_DELAYED("sendsDelayed"),
        /** Segmented sends that the system refused and that were sent one by one. */
        SEGMENTATION_REFUSED("segmentationRefused");

        private final String field;

        Counter(String field) {
            this.field = field;
        }
    }

    private final RingCounters counters;

    UringCounters(RingCounters counters) {
        this.counters = counters;
    }

    /** The present value. From any thread. */
    public long get(Counter counter) {
        return (long) Objects.requireNonNull(FIELDS.get(counter)).getOpaque(counters);
    }

    /** All counters in one line. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        for (Counter counter : Counter.values()) {
            line.append(line.isEmpty() ? "" : ", ").append(counter.field).append(' ').append(get(counter));
        }
        return line.toString();
    }
}
