// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * An IPv4 socket address; written and read by {@link SocketAddressCodec}.
 *
 * <pre>{@code
 * struct sockaddr_in {
 *     sa_family_t    sin_family;
 *     in_port_t      sin_port;        // network order
 *     struct in_addr sin_addr;        // network order
 *     unsigned char  sin_zero[8];
 * };
 * }</pre>
 */
public final class SockaddrIn {
    /** {@code struct sockaddr_in}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT.withName("sin_family"),
            ValueLayout.JAVA_SHORT.withName("sin_port"),
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_BYTE).withName("sin_addr"),
            MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_BYTE).withName("sin_zero"))
            .withName("sockaddr_in");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private SockaddrIn() {}
}
