// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What a descriptor is watched for, or is ready for. Without padding on x86-64 alone.
 *
 * <pre>{@code
 * struct epoll_event {
 *     uint32_t     events;
 *     epoll_data_t data;    // 64 bits
 * };
 * }</pre>
 */
public final class EpollEvent {
    /** {@code struct epoll_event}. */
    public static final StructLayout LAYOUT = layout(System.getProperty("os.arch").equals("amd64"));
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle EVENTS = field("events");
    private static final VarHandle DATA = field("data");

    private EpollEvent() {}

    private static StructLayout layout(boolean packed) {
        return (packed
                ? MemoryLayout.structLayout(
                        ValueLayout.JAVA_INT.withName("events"),
                        ValueLayout.JAVA_LONG_UNALIGNED.withName("data"))
                : MemoryLayout.structLayout(
                        ValueLayout.JAVA_INT.withName("events"),
                        MemoryLayout.paddingLayout(4),
                        ValueLayout.JAVA_LONG.withName("data")))
                .withName("epoll_event");
    }

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code events}. */
    public static int events(MemorySegment struct, long base) {
        return (int) EVENTS.get(struct, base);
    }

    /** Sets {@code events}. */
    public static void events(MemorySegment struct, long base, int value) {
        EVENTS.set(struct, base, value);
    }

    /** Reads {@code data}. */
    public static long data(MemorySegment struct, long base) {
        return (long) DATA.get(struct, base);
    }

    /** Sets {@code data}. */
    public static void data(MemorySegment struct, long base, long value) {
        DATA.set(struct, base, value);
    }
}
