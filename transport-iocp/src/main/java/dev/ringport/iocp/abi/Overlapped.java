// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An operation under way. Windows owns it, and all that the operation was given, until its completion packet was
 * taken; it must be zero before each use.
 *
 * <pre>{@code
 * typedef struct _OVERLAPPED {
 *     ULONG_PTR Internal;         // the NTSTATUS
 *     ULONG_PTR InternalHigh;     // bytes transferred
 *     union {
 *         struct {
 *             DWORD Offset;       // of a file
 *             DWORD OffsetHigh;
 *         };
 *         PVOID Pointer;
 *     };
 *     HANDLE    hEvent;
 * } OVERLAPPED;
 * }</pre>
 */
public final class Overlapped {
    /** {@code OVERLAPPED}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("Internal"),
            ValueLayout.JAVA_LONG.withName("InternalHigh"),
            ValueLayout.JAVA_INT.withName("Offset"),
            ValueLayout.JAVA_INT.withName("OffsetHigh"),
            ValueLayout.JAVA_LONG.withName("hEvent"))
            .withName("OVERLAPPED");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    /** The member has the width of a pointer, its meaning 32 bits: what stands above them is not defined. */
    private static final VarHandle LOW = ValueLayout.JAVA_INT.varHandle();
    private static final long INTERNAL = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("Internal"));
    private static final VarHandle INTERNAL_HIGH = field("InternalHigh");
    private static final VarHandle OFFSET = field("Offset");
    private static final VarHandle OFFSET_HIGH = field("OffsetHigh");
    private static final VarHandle H_EVENT = field("hEvent");

    private Overlapped() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code Internal}: the {@code NTSTATUS}. */
    public static int internal(MemorySegment struct, long base) {
        return (int) LOW.get(struct, base + INTERNAL);
    }

    /** Reads {@code InternalHigh}: bytes transferred. */
    public static long internalHigh(MemorySegment struct, long base) {
        return (long) INTERNAL_HIGH.get(struct, base);
    }

    /** Sets {@code Offset}. */
    public static void offset(MemorySegment struct, long base, int value) {
        OFFSET.set(struct, base, value);
    }

    /** Sets {@code OffsetHigh}. */
    public static void offsetHigh(MemorySegment struct, long base, int value) {
        OFFSET_HIGH.set(struct, base, value);
    }

    /** Sets {@code hEvent}. */
    public static void hEvent(MemorySegment struct, long base, long value) {
        H_EVENT.set(struct, base, value);
    }

    /** Zeroes it. */
    public static void clear(MemorySegment struct, long base) {
        for (long at = base; at < base + BYTES; at += Long.BYTES) {
            struct.set(ValueLayout.JAVA_LONG, at, 0L);
        }
    }
}
