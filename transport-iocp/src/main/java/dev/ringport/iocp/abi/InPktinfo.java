// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Data of the control message {@code IP_PKTINFO}: where a datagram was sent to, and the interface it came by.
 *
 * <pre>{@code
 * typedef struct in_pktinfo {
 *     IN_ADDR ipi_addr;           // network order
 *     ULONG   ipi_ifindex;
 * } IN_PKTINFO;
 * }</pre>
 */
public final class InPktinfo {
    /** {@code IN_PKTINFO}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("ipi_addr"),
            ValueLayout.JAVA_INT.withName("ipi_ifindex"))
            .withName("IN_PKTINFO");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle IPI_IFINDEX = field("ipi_ifindex");

    private InPktinfo() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code ipi_ifindex}. */
    public static int ipiIfindex(MemorySegment struct, long base) {
        return (int) IPI_IFINDEX.get(struct, base);
    }
}
