// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * An IPv4 multicast group on an interface.
 *
 * <pre>{@code
 * typedef struct ip_mreq {
 *     IN_ADDR imr_multiaddr;      // network order
 *     IN_ADDR imr_interface;      // an address of the interface, or its index as 0.x.x.x in network order
 * } IP_MREQ;
 * }</pre>
 */
public final class IpMreq {
    /** {@code IP_MREQ}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_multiaddr"),
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_interface"))
            .withName("IP_MREQ");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private IpMreq() {}

    /** Sets {@code imr_multiaddr}, 4 bytes in network order. */
    public static void imrMultiaddr(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 0, 4);
    }

    /** Sets {@code imr_interface}, 4 bytes in network order. */
    public static void imrInterface(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 4, 4);
    }
}
