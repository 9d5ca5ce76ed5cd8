// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What {@code TransmitFile} sends before and after the file.
 *
 * <pre>{@code
 * typedef struct _TRANSMIT_FILE_BUFFERS {
 *     LPVOID Head;
 *     DWORD  HeadLength;
 *     LPVOID Tail;
 *     DWORD  TailLength;
 * } TRANSMIT_FILE_BUFFERS;
 * }</pre>
 */
public final class TransmitFileBuffers {
    /** {@code TRANSMIT_FILE_BUFFERS}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("Head"),
            ValueLayout.JAVA_INT.withName("HeadLength"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("Tail"),
            ValueLayout.JAVA_INT.withName("TailLength"),
            MemoryLayout.paddingLayout(4))
            .withName("TRANSMIT_FILE_BUFFERS");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle HEAD = field("Head");
    private static final VarHandle HEAD_LENGTH = field("HeadLength");
    private static final VarHandle TAIL = field("Tail");
    private static final VarHandle TAIL_LENGTH = field("TailLength");

    private TransmitFileBuffers() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code Head}. */
    public static void head(MemorySegment struct, long base, long value) {
        HEAD.set(struct, base, value);
    }

    /** Sets {@code HeadLength}. */
    public static void headLength(MemorySegment struct, long base, int value) {
        HEAD_LENGTH.set(struct, base, value);
    }

    /** Sets {@code Tail}. */
    public static void tail(MemorySegment struct, long base, long value) {
        TAIL.set(struct, base, value);
    }

    /** Sets {@code TailLength}. */
    public static void tailLength(MemorySegment struct, long base, int value) {
        TAIL_LENGTH.set(struct, base, value);
    }
}
