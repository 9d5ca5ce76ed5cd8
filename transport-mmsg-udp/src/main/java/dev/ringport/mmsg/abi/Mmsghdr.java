// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

import dev.ringport.linux.abi.Msghdr;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One of many messages. It begins with its {@link Msghdr}.
 *
 * <pre>{@code
 * struct mmsghdr {
 *     struct msghdr msg_hdr;
 *     unsigned int  msg_len;
 * };
 * }</pre>
 */
public final class Mmsghdr {
    /** {@code struct mmsghdr}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            Msghdr.LAYOUT.withName("msg_hdr"),
            ValueLayout.JAVA_INT.withName("msg_len"),
            MemoryLayout.paddingLayout(4))
            .withName("mmsghdr");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle MSG_LEN = LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("msg_len"));

    private Mmsghdr() {}

    /** Reads {@code msg_len}. */
    public static int msgLen(MemorySegment struct, long base) {
        return (int) MSG_LEN.get(struct, base);
    }
}
