// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A multicast group on an interface.
 *
 * <pre>{@code
 * struct group_req {
 *     uint32_t                gr_interface;
 *     struct sockaddr_storage gr_group;       // 128 bytes
 * };
 * }</pre>
 */
public final class GroupReq {
    /** {@code struct group_req}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("gr_interface"),
            MemoryLayout.paddingLayout(4),
            MemoryLayout.sequenceLayout(128, ValueLayout.JAVA_BYTE).withName("gr_group"))
            .withName("group_req");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle GR_INTERFACE = field("gr_interface");

    private GroupReq() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code gr_interface}. */
    public static void grInterface(MemorySegment struct, long base, int value) {
        GR_INTERFACE.set(struct, base, value);
    }
}
