// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What stands at the head of the buffer of a multishot receive, before the room for name and control data. Linux 6.0.
 *
 * <pre>{@code
 * struct io_uring_recvmsg_out {
 *     __u32 namelen;      // may be larger than the room that was armed
 *     __u32 controllen;
 *     __u32 payloadlen;   // the datagram's length, also when it was cut
 *     __u32 flags;        // MSG_TRUNC, MSG_CTRUNC
 * };
 * }</pre>
 */
public final class IoUringRecvmsgOut {
    /** {@code struct io_uring_recvmsg_out}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("namelen"),
            ValueLayout.JAVA_INT.withName("controllen"),
            ValueLayout.JAVA_INT.withName("payloadlen"),
            ValueLayout.JAVA_INT.withName("flags"))
            .withName("io_uring_recvmsg_out");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle NAMELEN = field("namelen");
    private static final VarHandle CONTROLLEN = field("controllen");
    private static final VarHandle PAYLOADLEN = field("payloadlen");
    private static final VarHandle FLAGS = field("flags");

    private IoUringRecvmsgOut() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code namelen}. */
    public static int namelen(MemorySegment struct, long base) {
        return (int) NAMELEN.get(struct, base);
    }

    /** Reads {@code controllen}. */
    public static int controllen(MemorySegment struct, long base) {
        return (int) CONTROLLEN.get(struct, base);
    }

    /** Reads {@code payloadlen}. */
    public static int payloadlen(MemorySegment struct, long base) {
        return (int) PAYLOADLEN.get(struct, base);
    }

    /** Reads {@code flags}. */
    public static int flags(MemorySegment struct, long base) {
        return (int) FLAGS.get(struct, base);
    }
}
