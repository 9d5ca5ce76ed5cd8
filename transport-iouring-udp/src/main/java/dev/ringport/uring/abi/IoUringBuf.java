// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One entry of a provided-buffer ring. The ring's tail lies over {@code resv} of entry 0.
 *
 * <pre>{@code
 * struct io_uring_buf {
 *     __u64 addr;
 *     __u32 len;
 *     __u16 bid;      // comes back in the upper 16 bits of the CQE's flags
 *     __u16 resv;
 * };
 * }</pre>
 */
public final class IoUringBuf {
    /** {@code struct io_uring_buf}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("addr"),
            ValueLayout.JAVA_INT.withName("len"),
            ValueLayout.JAVA_SHORT.withName("bid"),
            ValueLayout.JAVA_SHORT.withName("resv"))
            .withName("io_uring_buf");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle ADDR = field("addr");
    private static final VarHandle LEN = field("len");
    private static final VarHandle BID = field("bid");

    private IoUringBuf() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code addr}. */
    public static void addr(MemorySegment struct, long base, long value) {
        ADDR.set(struct, base, value);
    }

    /** Sets {@code len}. */
    public static void len(MemorySegment struct, long base, int value) {
        LEN.set(struct, base, value);
    }

    /** Sets {@code bid}. */
    public static void bid(MemorySegment struct, long base, int value) {
        BID.set(struct, base, (short) value);
    }
}
