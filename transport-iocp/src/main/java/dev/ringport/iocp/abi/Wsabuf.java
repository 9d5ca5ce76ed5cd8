// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A piece of memory. Length before address, unlike an {@code iovec}.
 *
 * <pre>{@code
 * typedef struct _WSABUF {
 *     ULONG len;
 *     CHAR *buf;
 * } WSABUF;
 * }</pre>
 */
public final class Wsabuf {
    /** {@code WSABUF}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("len"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("buf"))
            .withName("WSABUF");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle LEN = field("len");
    private static final VarHandle BUF = field("buf");

    private Wsabuf() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code len}. */
    public static int len(MemorySegment struct, long base) {
        return (int) LEN.get(struct, base);
    }

    /** Sets {@code len}. */
    public static void len(MemorySegment struct, long base, int value) {
        LEN.set(struct, base, value);
    }

    /** Reads {@code buf}. */
    public static long buf(MemorySegment struct, long base) {
        return (long) BUF.get(struct, base);
    }

    /** Sets {@code buf}. */
    public static void buf(MemorySegment struct, long base, long value) {
        BUF.set(struct, base, value);
    }
}
