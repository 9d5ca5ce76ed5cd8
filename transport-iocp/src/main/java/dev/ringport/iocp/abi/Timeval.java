// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A time-out. Both members have 32 bits, on 64-bit Windows too.
 *
 * <pre>{@code
 * typedef struct timeval {
 *     long tv_sec;
 *     long tv_usec;
 * } TIMEVAL;
 * }</pre>
 */
public final class Timeval {
    /** {@code TIMEVAL}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("tv_sec"),
            ValueLayout.JAVA_INT.withName("tv_usec"))
            .withName("TIMEVAL");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle TV_SEC = field("tv_sec");
    private static final VarHandle TV_USEC = field("tv_usec");

    private Timeval() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code tv_sec}: seconds. */
    public static void tvSec(MemorySegment struct, long base, int value) {
        TV_SEC.set(struct, base, value);
    }

    /** Sets {@code tv_usec}: microseconds, below a million. */
    public static void tvUsec(MemorySegment struct, long base, int value) {
        TV_USEC.set(struct, base, value);
    }
}
