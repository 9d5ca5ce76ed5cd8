// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Data of the control message {@code IPV6_PKTINFO}: where a datagram was sent to, and the interface it came by.
 *
 * <pre>{@code
 * typedef struct in6_pktinfo {
 *     IN6_ADDR ipi6_addr;
 *     ULONG    ipi6_ifindex;
 * } IN6_PKTINFO;
 * }</pre>
 */
public final class In6Pktinfo {
    /** {@code IN6_PKTINFO}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("ipi6_addr"),
            ValueLayout.JAVA_INT.withName("ipi6_ifindex"))
            .withName("IN6_PKTINFO");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle IPI6_IFINDEX = field("ipi6_ifindex");

    private In6Pktinfo() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code ipi6_addr}, 16 bytes in network order. */
    public static void ipi6Addr(MemorySegment struct, long base, byte[] address) {
        MemorySegment.copy(address, 0, struct, ValueLayout.JAVA_BYTE, base + 0, 16);
    }

    /** Reads {@code ipi6_ifindex}. */
    public static int ipi6Ifindex(MemorySegment struct, long base) {
        return (int) IPI6_IFINDEX.get(struct, base);
    }

    /** Sets {@code ipi6_ifindex}. */
    public static void ipi6Ifindex(MemorySegment struct, long base, int value) {
        IPI6_IFINDEX.set(struct, base, value);
    }
}
