// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A completion packet.
 *
 * <pre>{@code
 * typedef struct _OVERLAPPED_ENTRY {
 *     ULONG_PTR    lpCompletionKey;
 *     LPOVERLAPPED lpOverlapped;
 *     ULONG_PTR    Internal;      // the NTSTATUS
 *     DWORD        dwNumberOfBytesTransferred;
 * } OVERLAPPED_ENTRY;
 * }</pre>
 */
public final class OverlappedEntry {
    /** {@code OVERLAPPED_ENTRY}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("lpCompletionKey"),
            ValueLayout.JAVA_LONG.withName("lpOverlapped"),
            ValueLayout.JAVA_LONG.withName("Internal"),
            ValueLayout.JAVA_INT.withName("dwNumberOfBytesTransferred"),
            MemoryLayout.paddingLayout(4))
            .withName("OVERLAPPED_ENTRY");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    /** The member has the width of a pointer, its meaning 32 bits: what stands above them is not defined. */
    private static final VarHandle LOW = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LP_COMPLETION_KEY = field("lpCompletionKey");
    private static final VarHandle LP_OVERLAPPED = field("lpOverlapped");
    private static final long INTERNAL = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("Internal"));
    private static final VarHandle DW_NUMBER_OF_BYTES_TRANSFERRED = field("dwNumberOfBytesTransferred");

    private OverlappedEntry() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code lpCompletionKey}. */
    public static long lpCompletionKey(MemorySegment struct, long base) {
        return (long) LP_COMPLETION_KEY.get(struct, base);
    }

    /** Reads {@code lpOverlapped}. */
    public static long lpOverlapped(MemorySegment struct, long base) {
        return (long) LP_OVERLAPPED.get(struct, base);
    }

    /** Reads {@code Internal}: the {@code NTSTATUS}. */
    public static int internal(MemorySegment struct, long base) {
        return (int) LOW.get(struct, base + INTERNAL);
    }

    /** Reads {@code dwNumberOfBytesTransferred}. */
    public static int dwNumberOfBytesTransferred(MemorySegment struct, long base) {
        return (int) DW_NUMBER_OF_BYTES_TRANSFERRED.get(struct, base);
    }
}
