// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One completion queue entry.
 *
 * <pre>{@code
 * struct io_uring_cqe {
 *     __u64 user_data;    // of the submission
 *     __s32 res;          // result, or -errno
 *     __u32 flags;        // IORING_CQE_F_*, the buffer id in the upper 16 bits
 *     __u64 big_cqe[];
 * };
 * }</pre>
 */
public final class IoUringCqe {
    /** {@code struct io_uring_cqe}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("user_data"),
            ValueLayout.JAVA_INT.withName("res"),
            ValueLayout.JAVA_INT.withName("flags"))
            .withName("io_uring_cqe");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle USER_DATA = field("user_data");
    private static final VarHandle RES = field("res");
    private static final VarHandle FLAGS = field("flags");

    private IoUringCqe() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code user_data}. */
    public static long userData(MemorySegment struct, long base) {
        return (long) USER_DATA.get(struct, base);
    }

    /** Reads {@code res}. */
    public static int res(MemorySegment struct, long base) {
        return (int) RES.get(struct, base);
    }

    /** Reads {@code flags}. */
    public static int flags(MemorySegment struct, long base) {
        return (int) FLAGS.get(struct, base);
    }
}
