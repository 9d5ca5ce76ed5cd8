// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * How a call of {@code ntdll} ended.
 *
 * <pre>{@code
 * typedef struct _IO_STATUS_BLOCK {
 *     union {
 *         NTSTATUS Status;
 *         PVOID    Pointer;
 *     };
 *     ULONG_PTR Information;
 * } IO_STATUS_BLOCK;
 * }</pre>
 */
public final class IoStatusBlock {
    /** {@code IO_STATUS_BLOCK}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("Status"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("Information"))
            .withName("IO_STATUS_BLOCK");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle STATUS = field("Status");
    private static final VarHandle INFORMATION = field("Information");

    private IoStatusBlock() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code Status}. */
    public static int status(MemorySegment struct, long base) {
        return (int) STATUS.get(struct, base);
    }

    /** Reads {@code Information}. */
    public static long information(MemorySegment struct, long base) {
        return (long) INFORMATION.get(struct, base);
    }
}
