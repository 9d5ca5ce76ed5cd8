// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A datagram with its address and control data. The length of {@code Control} is also an output: what stands
 * there after a receive is what was written, and the room must be set again before the next.
 *
 * <pre>{@code
 * typedef struct _WSAMSG {
 *     LPSOCKADDR name;
 *     INT        namelen;
 *     LPWSABUF   lpBuffers;
 *     ULONG      dwBufferCount;
 *     WSABUF     Control;
 *     ULONG      dwFlags;
 * } WSAMSG;
 * }</pre>
 */
public final class Wsamsg {
    /** {@code WSAMSG}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("name"),
            ValueLayout.JAVA_INT.withName("namelen"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("lpBuffers"),
            ValueLayout.JAVA_INT.withName("dwBufferCount"),
            MemoryLayout.paddingLayout(4),
            Wsabuf.LAYOUT.withName("Control"),
            ValueLayout.JAVA_INT.withName("dwFlags"),
            MemoryLayout.paddingLayout(4))
            .withName("WSAMSG");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();
    /** Where {@code Control}, a {@link Wsabuf}, starts. */
    public static final long CONTROL = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("Control"));

    private static final VarHandle NAME = field("name");
    private static final VarHandle NAMELEN = field("namelen");
    private static final VarHandle LP_BUFFERS = field("lpBuffers");
    private static final VarHandle DW_BUFFER_COUNT = field("dwBufferCount");
    private static final VarHandle DW_FLAGS = field("dwFlags");

    private Wsamsg() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code name}. */
    public static long name(MemorySegment struct, long base) {
        return (long) NAME.get(struct, base);
    }

    /** Sets {@code name}. */
    public static void name(MemorySegment struct, long base, long value) {
        NAME.set(struct, base, value);
    }

    /** Reads {@code namelen}. */
    public static int namelen(MemorySegment struct, long base) {
        return (int) NAMELEN.get(struct, base);
    }

    /** Sets {@code namelen}. */
    public static void namelen(MemorySegment struct, long base, int value) {
        NAMELEN.set(struct, base, value);
    }

    /** Reads {@code lpBuffers}. */
    public static long lpBuffers(MemorySegment struct, long base) {
        return (long) LP_BUFFERS.get(struct, base);
    }

    /** Sets {@code lpBuffers}. */
    public static void lpBuffers(MemorySegment struct, long base, long value) {
        LP_BUFFERS.set(struct, base, value);
    }

    /** Reads {@code dwBufferCount}. */
    public static int dwBufferCount(MemorySegment struct, long base) {
        return (int) DW_BUFFER_COUNT.get(struct, base);
    }

    /** Sets {@code dwBufferCount}. */
    public static void dwBufferCount(MemorySegment struct, long base, int value) {
        DW_BUFFER_COUNT.set(struct, base, value);
    }

    /** Reads {@code dwFlags}. */
    public static int dwFlags(MemorySegment struct, long base) {
        return (int) DW_FLAGS.get(struct, base);
    }

    /** Sets {@code dwFlags}. */
    public static void dwFlags(MemorySegment struct, long base, int value) {
        DW_FLAGS.set(struct, base, value);
    }
}
