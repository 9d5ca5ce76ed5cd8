// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

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

    private In6Pktinfo() {}
}
