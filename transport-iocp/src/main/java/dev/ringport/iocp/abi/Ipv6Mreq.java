// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An IPv6 multicast group on an interface.
 *
 * <pre>{@code
 * typedef struct ipv6_mreq {
 *     IN6_ADDR ipv6mr_multiaddr;
 *     ULONG    ipv6mr_interface;  // the index, machine order
 * } IPV6_MREQ;
 * }</pre>
 */
public final class Ipv6Mreq {
    /** {@code IPV6_MREQ}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("ipv6mr_multiaddr"),
            ValueLayout.JAVA_INT.withName("ipv6mr_interface"))
            .withName("IPV6_MREQ");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle IPV6MR_INTERFACE = field("ipv6mr_interface");

    private Ipv6Mreq() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code ipv6mr_multiaddr}, 16 bytes in network order. */
    public static void ipv6mrMultiaddr(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 0, 16);
    }

    /** Sets {@code ipv6mr_interface}. */
    public static void ipv6mrInterface(MemorySegment struct, long base, int value) {
        IPV6MR_INTERFACE.set(struct, base, value);
    }
}
