// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What {@code WSAStartup} tells, on 64-bit Windows.
 *
 * <pre>{@code
 * typedef struct WSAData {
 *     WORD           wVersion;
 *     WORD           wHighVersion;
 *     unsigned short iMaxSockets;
 *     unsigned short iMaxUdpDg;
 *     char          *lpVendorInfo;
 *     char           szDescription[257];
 *     char           szSystemStatus[129];
 * } WSADATA;
 * }</pre>
 */
public final class WsaData {
    /** {@code WSADATA}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT.withName("wVersion"),
            ValueLayout.JAVA_SHORT.withName("wHighVersion"),
            ValueLayout.JAVA_SHORT.withName("iMaxSockets"),
            ValueLayout.JAVA_SHORT.withName("iMaxUdpDg"),
            ValueLayout.JAVA_LONG.withName("lpVendorInfo"),
            MemoryLayout.sequenceLayout(257, ValueLayout.JAVA_BYTE).withName("szDescription"),
            MemoryLayout.sequenceLayout(129, ValueLayout.JAVA_BYTE).withName("szSystemStatus"),
            MemoryLayout.paddingLayout(6))
            .withName("WSADATA");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle W_VERSION = field("wVersion");
    private static final VarHandle W_HIGH_VERSION = field("wHighVersion");

    private WsaData() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code wVersion}. */
    public static int wVersion(MemorySegment struct, long base) {
        return Short.toUnsignedInt((short) W_VERSION.get(struct, base));
    }

    /** Reads {@code wHighVersion}. */
    public static int wHighVersion(MemorySegment struct, long base) {
        return Short.toUnsignedInt((short) W_HIGH_VERSION.get(struct, base));
    }
}
