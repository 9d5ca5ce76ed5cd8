// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A socket to poll.
 *
 * <pre>{@code
 * typedef struct pollfd {
 *     SOCKET fd;
 *     SHORT  events;
 *     SHORT  revents;
 * } WSAPOLLFD;
 * }</pre>
 */
public final class Wsapollfd {
    /** {@code WSAPOLLFD}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("fd"),
            ValueLayout.JAVA_SHORT.withName("events"),
            ValueLayout.JAVA_SHORT.withName("revents"),
            MemoryLayout.paddingLayout(4))
            .withName("WSAPOLLFD");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle FD = field("fd");
    private static final VarHandle EVENTS = field("events");
    private static final VarHandle REVENTS = field("revents");

    private Wsapollfd() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code fd}. */
    public static void fd(MemorySegment struct, long base, long value) {
        FD.set(struct, base, value);
    }

    /** Sets {@code events}. */
    public static void events(MemorySegment struct, long base, int value) {
        EVENTS.set(struct, base, (short) value);
    }

    /** Reads {@code revents}. */
    public static int revents(MemorySegment struct, long base) {
        return Short.toUnsignedInt((short) REVENTS.get(struct, base));
    }
}
