// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A relative time.
 *
 * <pre>{@code
 * struct __kernel_timespec {
 *     __kernel_time64_t tv_sec;
 *     long long         tv_nsec;
 * };
 * }</pre>
 */
public final class KernelTimespec {
    /** {@code struct __kernel_timespec}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("tv_sec"),
            ValueLayout.JAVA_LONG.withName("tv_nsec"))
            .withName("__kernel_timespec");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle TV_SEC = field("tv_sec");
    private static final VarHandle TV_NSEC = field("tv_nsec");

    private KernelTimespec() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code tv_sec}. */
    public static void tvSec(MemorySegment struct, long base, long value) {
        TV_SEC.set(struct, base, value);
    }

    /** Sets {@code tv_nsec}. */
    public static void tvNsec(MemorySegment struct, long base, long value) {
        TV_NSEC.set(struct, base, value);
    }
}
