// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The header of a control message; written and read by {@code dev.ringport.net}.
 *
 * <pre>{@code
 * struct cmsghdr {
 *     size_t cmsg_len;    // header and data, without padding
 *     int    cmsg_level;
 *     int    cmsg_type;
 * };
 * }</pre>
 */
public final class Cmsghdr {
    /** {@code struct cmsghdr}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("cmsg_len"),
            ValueLayout.JAVA_INT.withName("cmsg_level"),
            ValueLayout.JAVA_INT.withName("cmsg_type"))
            .withName("cmsghdr");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle CMSG_LEN = field("cmsg_len");
    private static final VarHandle CMSG_LEVEL = field("cmsg_level");
    private static final VarHandle CMSG_TYPE = field("cmsg_type");

    private Cmsghdr() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code cmsg_len}. */
    public static long cmsgLen(MemorySegment struct, long base) {
        return (long) CMSG_LEN.get(struct, base);
    }

    /** Reads {@code cmsg_level}. */
    public static int cmsgLevel(MemorySegment struct, long base) {
        return (int) CMSG_LEVEL.get(struct, base);
    }

    /** Reads {@code cmsg_type}. */
    public static int cmsgType(MemorySegment struct, long base) {
        return (int) CMSG_TYPE.get(struct, base);
    }
}
