// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * How a connect is tried again, for {@code SIO_TCP_INITIAL_RTO}.
 *
 * <pre>{@code
 * typedef struct _TCP_INITIAL_RTO_PARAMETERS {
 *     USHORT Rtt;                 // milliseconds
 *     UCHAR  MaxSynRetransmissions;
 * } TCP_INITIAL_RTO_PARAMETERS;
 * }</pre>
 */
public final class TcpInitialRtoParameters {
    /** {@code TCP_INITIAL_RTO_PARAMETERS}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT.withName("Rtt"),
            ValueLayout.JAVA_BYTE.withName("MaxSynRetransmissions"),
            MemoryLayout.paddingLayout(1))
            .withName("TCP_INITIAL_RTO_PARAMETERS");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle RTT = field("Rtt");
    private static final VarHandle MAX_SYN_RETRANSMISSIONS = field("MaxSynRetransmissions");

    private TcpInitialRtoParameters() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code Rtt}: milliseconds. */
    public static void rtt(MemorySegment struct, long base, int value) {
        RTT.set(struct, base, (short) value);
    }

    /** Sets {@code MaxSynRetransmissions}. */
    public static void maxSynRetransmissions(MemorySegment struct, long base, int value) {
        MAX_SYN_RETRANSMISSIONS.set(struct, base, (byte) value);
    }
}
