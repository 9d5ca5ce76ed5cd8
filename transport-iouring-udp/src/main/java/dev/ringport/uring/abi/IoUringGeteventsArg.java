// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The argument of a wait with {@code IORING_ENTER_EXT_ARG}.
 *
 * <pre>{@code
 * struct io_uring_getevents_arg {
 *     __u64 sigmask;
 *     __u32 sigmask_sz;
 *     __u32 pad;      // min_wait_usec since Linux 6.12
 *     __u64 ts;       // address of a struct __kernel_timespec, 0 waits without end
 * };
 * }</pre>
 */
public final class IoUringGeteventsArg {
    /** {@code struct io_uring_getevents_arg}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("sigmask"),
            ValueLayout.JAVA_INT.withName("sigmask_sz"),
            ValueLayout.JAVA_INT.withName("pad"),
            ValueLayout.JAVA_LONG.withName("ts"))
            .withName("io_uring_getevents_arg");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle TS = field("ts");

    private IoUringGeteventsArg() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code ts}. */
    public static void ts(MemorySegment struct, long base, long value) {
        TS.set(struct, base, value);
    }
}
