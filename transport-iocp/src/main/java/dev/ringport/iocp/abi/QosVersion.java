// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The version of qWAVE that a program was written for.
 *
 * <pre>{@code
 * typedef struct _QOS_VERSION {
 *     USHORT MajorVersion;        // 1
 *     USHORT MinorVersion;        // 0
 * } QOS_VERSION;
 * }</pre>
 */
public final class QosVersion {
    /** {@code QOS_VERSION}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT.withName("MajorVersion"),
            ValueLayout.JAVA_SHORT.withName("MinorVersion"))
            .withName("QOS_VERSION");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle MAJOR_VERSION = field("MajorVersion");

    private QosVersion() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code MajorVersion}. */
    public static void majorVersion(MemorySegment struct, long base, int value) {
        MAJOR_VERSION.set(struct, base, (short) value);
    }
}
