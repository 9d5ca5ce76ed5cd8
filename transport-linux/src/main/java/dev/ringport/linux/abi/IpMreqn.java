// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The interface for IPv4 multicast, by index.
 *
 * <pre>{@code
 * struct ip_mreqn {
 *     struct in_addr imr_multiaddr;
 *     struct in_addr imr_address;
 *     int            imr_ifindex;
 * };
 * }</pre>
 */
public final class IpMreqn {
    /** {@code struct ip_mreqn}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_multiaddr"),
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("imr_address"),
            ValueLayout.JAVA_INT.withName("imr_ifindex"))
            .withName("ip_mreqn");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle IMR_IFINDEX = field("imr_ifindex");

    private IpMreqn() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code imr_ifindex}. */
    public static void imrIfindex(MemorySegment struct, long base, int value) {
        IMR_IFINDEX.set(struct, base, value);
    }
}
