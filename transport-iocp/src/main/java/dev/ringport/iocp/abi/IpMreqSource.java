// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * A source in an IPv4 multicast group on an interface. The source stands second, where Linux has the interface.
 *
 * <pre>{@code
 * typedef struct ip_mreq_source {
 *     IN_ADDR imr_multiaddr;      // network order
 *     IN_ADDR imr_sourceaddr;     // network order
 *     IN_ADDR imr_interface;      // as in ip_mreq
 * } IP_MREQ_SOURCE;
 * }</pre>
 */
public final class IpMreqSource {
    /** {@code IP_MREQ_SOURCE}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_multiaddr"),
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_sourceaddr"),
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_interface"))
            .withName("IP_MREQ_SOURCE");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private IpMreqSource() {}

    /** Sets {@code imr_multiaddr}, 4 bytes in network order. */
    public static void imrMultiaddr(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 0, 4);
    }

    /** Sets {@code imr_sourceaddr}, 4 bytes in network order. */
    public static void imrSourceaddr(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 4, 4);
    }

    /** Sets {@code imr_interface}, 4 bytes in network order. */
    public static void imrInterface(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 8, 4);
    }
}
