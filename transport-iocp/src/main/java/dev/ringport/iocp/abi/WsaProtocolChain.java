// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The layers of a protocol; a part of {@link WsaProtocolInfow}.
 *
 * <pre>{@code
 * typedef struct _WSAPROTOCOLCHAIN {
 *     int   ChainLen;
 *     DWORD ChainEntries[7];
 * } WSAPROTOCOLCHAIN;
 * }</pre>
 */
public final class WsaProtocolChain {
    /** {@code WSAPROTOCOLCHAIN}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("ChainLen"),
            MemoryLayout.sequenceLayout(28, ValueLayout.JAVA_BYTE).withName("ChainEntries"))
            .withName("WSAPROTOCOLCHAIN");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle CHAIN_LEN = field("ChainLen");

    private WsaProtocolChain() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code ChainLen}: 1 for a base protocol, more if a layered provider stands above it. */
    public static int chainLen(MemorySegment struct, long base) {
        return (int) CHAIN_LEN.get(struct, base);
    }
}
