// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Registers a provided-buffer ring. Linux 5.19.
 *
 * <pre>{@code
 * struct io_uring_buf_reg {
 *     __u64 ring_addr;        // aligned to a page
 *     __u32 ring_entries;     // a power of two, at most 32768
 *     __u16 bgid;
 *     __u16 flags;            // pad before Linux 6.4
 *     __u64 resv[3];
 * };
 * }</pre>
 */
public final class IoUringBufReg {
    /** {@code struct io_uring_buf_reg}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("ring_addr"),
            ValueLayout.JAVA_INT.withName("ring_entries"),
            ValueLayout.JAVA_SHORT.withName("bgid"),
            ValueLayout.JAVA_SHORT.withName("pad"),
            MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_LONG).withName("resv"))
            .withName("io_uring_buf_reg");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle RING_ADDR = field("ring_addr");
    private static final VarHandle RING_ENTRIES = field("ring_entries");
    private static final VarHandle BGID = field("bgid");

    private IoUringBufReg() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code ring_addr}. */
    public static void ringAddr(MemorySegment struct, long base, long value) {
        RING_ADDR.set(struct, base, value);
    }

    /** Sets {@code ring_entries}. */
    public static void ringEntries(MemorySegment struct, long base, int value) {
        RING_ENTRIES.set(struct, base, value);
    }

    /** Sets {@code bgid}. */
    public static void bgid(MemorySegment struct, long base, int value) {
        BGID.set(struct, base, (short) value);
    }
}
