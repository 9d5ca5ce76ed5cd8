// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * The header of a control message; written and read by {@code dev.ringport.net}.
 *
 * <pre>{@code
 * typedef struct _WSACMSGHDR {
 *     SIZE_T cmsg_len;        // header and data, without padding
 *     INT    cmsg_level;
 *     INT    cmsg_type;
 *     // the data, aligned to 8 bytes, as the next header is
 * } WSACMSGHDR;
 * }</pre>
 */
public final class Wsacmsghdr {
    /** {@code WSACMSGHDR}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("cmsg_len"),
            ValueLayout.JAVA_INT.withName("cmsg_level"),
            ValueLayout.JAVA_INT.withName("cmsg_type"))
            .withName("WSACMSGHDR");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private Wsacmsghdr() {}
}
