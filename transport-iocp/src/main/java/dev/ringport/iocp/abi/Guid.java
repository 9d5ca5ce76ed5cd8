// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * A name of an extension function.
 *
 * <pre>{@code
 * typedef struct _GUID {
 *     unsigned long  Data1;
 *     unsigned short Data2;
 *     unsigned short Data3;
 *     unsigned char  Data4[8];
 * } GUID;
 * }</pre>
 */
public final class Guid {
    /** {@code GUID}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("Data1"),
            ValueLayout.JAVA_SHORT.withName("Data2"),
            ValueLayout.JAVA_SHORT.withName("Data3"),
            MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_BYTE).withName("Data4"))
            .withName("GUID");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private Guid() {}

    /** Writes all of it: the first three members in the machine's order, the last as its bytes are written. */
    public static void put(MemorySegment struct, long base, UUID value) {
        long head = value.getMostSignificantBits();
        struct.set(ValueLayout.JAVA_INT_UNALIGNED, base, (int) (head >>> 32));
        struct.set(ValueLayout.JAVA_SHORT_UNALIGNED, base + 4, (short) (head >>> 16));
        struct.set(ValueLayout.JAVA_SHORT_UNALIGNED, base + 6, (short) head);
        struct.set(
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), base + 8,
                value.getLeastSignificantBits());
    }
}
