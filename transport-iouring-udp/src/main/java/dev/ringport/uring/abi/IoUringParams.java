// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What {@code io_uring_setup} takes and answers.
 *
 * <pre>{@code
 * struct io_uring_params {
 *     __u32 sq_entries;
 *     __u32 cq_entries;
 *     __u32 flags;            // IORING_SETUP_*
 *     __u32 sq_thread_cpu;
 *     __u32 sq_thread_idle;
 *     __u32 features;         // IORING_FEAT_*
 *     __u32 wq_fd;
 *     __u32 resv[3];
 *     struct io_sqring_offsets sq_off;
 *     struct io_cqring_offsets cq_off;
 * };
 * }</pre>
 */
public final class IoUringParams {
    /** {@code struct io_uring_params}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("sq_entries"),
            ValueLayout.JAVA_INT.withName("cq_entries"),
            ValueLayout.JAVA_INT.withName("flags"),
            ValueLayout.JAVA_INT.withName("sq_thread_cpu"),
            ValueLayout.JAVA_INT.withName("sq_thread_idle"),
            ValueLayout.JAVA_INT.withName("features"),
            ValueLayout.JAVA_INT.withName("wq_fd"),
            MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_INT).withName("resv"),
            IoSqringOffsets.LAYOUT.withName("sq_off"),
            IoCqringOffsets.LAYOUT.withName("cq_off"))
            .withName("io_uring_params");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle SQ_ENTRIES = field("sq_entries");
    private static final VarHandle CQ_ENTRIES = field("cq_entries");
    private static final VarHandle FLAGS = field("flags");
    private static final VarHandle FEATURES = field("features");

    private IoUringParams() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code sq_entries}. */
    public static int sqEntries(MemorySegment struct, long base) {
        return (int) SQ_ENTRIES.get(struct, base);
    }

    /** Reads {@code cq_entries}. */
    public static int cqEntries(MemorySegment struct, long base) {
        return (int) CQ_ENTRIES.get(struct, base);
    }

    /** Reads {@code features}. */
    public static int features(MemorySegment struct, long base) {
        return (int) FEATURES.get(struct, base);
    }

    /** Sets {@code cq_entries}. */
    public static void cqEntries(MemorySegment struct, long base, int value) {
        CQ_ENTRIES.set(struct, base, value);
    }

    /** Sets {@code flags}. */
    public static void flags(MemorySegment struct, long base, int value) {
        FLAGS.set(struct, base, value);
    }
}
