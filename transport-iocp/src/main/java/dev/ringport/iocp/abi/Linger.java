// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What {@code closesocket} does with data that was not sent yet.
 *
 * <pre>{@code
 * typedef struct linger {
 *     u_short l_onoff;
 *     u_short l_linger;           // seconds
 * } LINGER;
 * }</pre>
 */
public final class Linger {
    /** {@code LINGER}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT.withName("l_onoff"),
            ValueLayout.JAVA_SHORT.withName("l_linger"))
            .withName("LINGER");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle L_ONOFF = field("l_onoff");
    private static final VarHandle L_LINGER = field("l_linger");

    private Linger() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code l_onoff}. */
    public static int lOnoff(MemorySegment struct, long base) {
        return Short.toUnsignedInt((short) L_ONOFF.get(struct, base));
    }

    /** Sets {@code l_onoff}. */
    public static void lOnoff(MemorySegment struct, long base, int value) {
        L_ONOFF.set(struct, base, (short) value);
    }

    /** Reads {@code l_linger}: seconds. */
    public static int lLinger(MemorySegment struct, long base) {
        return Short.toUnsignedInt((short) L_LINGER.get(struct, base));
    }

    /** Sets {@code l_linger}: seconds. */
    public static void lLinger(MemorySegment struct, long base, int value) {
        L_LINGER.set(struct, base, (short) value);
    }
}
