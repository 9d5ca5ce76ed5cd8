// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Registers the ring's own descriptor. Linux 5.18.
 *
 * <pre>{@code
 * struct io_uring_rsrc_update {
 *     __u32 offset;           // in: -1 for any, out: the index
 *     __u32 resv;
 *     __aligned_u64 data;     // the descriptor
 * };
 * }</pre>
 */
public final class IoUringRsrcUpdate {
    /** {@code struct io_uring_rsrc_update}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("offset"),
            ValueLayout.JAVA_INT.withName("resv"),
            ValueLayout.JAVA_LONG.withName("data"))
            .withName("io_uring_rsrc_update");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle OFFSET = field("offset");
    private static final VarHandle DATA = field("data");

    private IoUringRsrcUpdate() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code offset}. */
    public static int offset(MemorySegment struct, long base) {
        return (int) OFFSET.get(struct, base);
    }

    /** Sets {@code offset}. */
    public static void offset(MemorySegment struct, long base, int value) {
        OFFSET.set(struct, base, value);
    }

    /** Sets {@code data}. */
    public static void data(MemorySegment struct, long base, long value) {
        DATA.set(struct, base, value);
    }
}
