// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Where the parts of the submission queue lie in its mapping.
 *
 * <pre>{@code
 * struct io_sqring_offsets {
 *     __u32 head;
 *     __u32 tail;
 *     __u32 ring_mask;
 *     __u32 ring_entries;
 *     __u32 flags;
 *     __u32 dropped;
 *     __u32 array;
 *     __u32 resv1;
 *     __u64 user_addr;    // resv2 before Linux 6.5
 * };
 * }</pre>
 */
public final class IoSqringOffsets {
    /** {@code struct io_sqring_offsets}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("head"),
            ValueLayout.JAVA_INT.withName("tail"),
            ValueLayout.JAVA_INT.withName("ring_mask"),
            ValueLayout.JAVA_INT.withName("ring_entries"),
            ValueLayout.JAVA_INT.withName("flags"),
            ValueLayout.JAVA_INT.withName("dropped"),
            ValueLayout.JAVA_INT.withName("array"),
            ValueLayout.JAVA_INT.withName("resv1"),
            MemoryLayout.sequenceLayout(1, ValueLayout.JAVA_LONG).withName("resv2"))
            .withName("io_sqring_offsets");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle HEAD = field("head");
    private static final VarHandle TAIL = field("tail");
    private static final VarHandle RING_MASK = field("ring_mask");
    private static final VarHandle RING_ENTRIES = field("ring_entries");
    private static final VarHandle FLAGS = field("flags");
    private static final VarHandle ARRAY = field("array");

    private IoSqringOffsets() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code head}. */
    public static int head(MemorySegment struct, long base) {
        return (int) HEAD.get(struct, base);
    }

    /** Reads {@code tail}. */
    public static int tail(MemorySegment struct, long base) {
        return (int) TAIL.get(struct, base);
    }

    /** Reads {@code ring_mask}. */
    public static int ringMask(MemorySegment struct, long base) {
        return (int) RING_MASK.get(struct, base);
    }

    /** Reads {@code ring_entries}. */
    public static int ringEntries(MemorySegment struct, long base) {
        return (int) RING_ENTRIES.get(struct, base);
    }

    /** Reads {@code flags}. */
    public static int flags(MemorySegment struct, long base) {
        return (int) FLAGS.get(struct, base);
    }

    /** Reads {@code array}. */
    public static int array(MemorySegment struct, long base) {
        return (int) ARRAY.get(struct, base);
    }
}
