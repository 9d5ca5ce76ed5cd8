// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One piece of gathered memory.
 *
 * <pre>{@code
 * struct iovec {
 *     void  *iov_base;
 *     size_t iov_len;
 * };
 * }</pre>
 */
public final class Iovec {
    /** {@code struct iovec}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("iov_base"),
            ValueLayout.JAVA_LONG.withName("iov_len"))
            .withName("iovec");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle IOV_BASE = field("iov_base");
    private static final VarHandle IOV_LEN = field("iov_len");

    private Iovec() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code iov_base}. */
    public static void iovBase(MemorySegment struct, long base, long value) {
        IOV_BASE.set(struct, base, value);
    }

    /** Sets {@code iov_len}. */
    public static void iovLen(MemorySegment struct, long base, long value) {
        IOV_LEN.set(struct, base, value);
    }
}
