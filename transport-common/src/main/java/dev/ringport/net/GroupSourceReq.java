// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A source in a multicast group on an interface.
 *
 * <pre>{@code
 * struct group_source_req {
 *     uint32_t                gsr_interface;
 *     struct sockaddr_storage gsr_group;      // 128 bytes
 *     struct sockaddr_storage gsr_source;     // 128 bytes
 * };
 * }</pre>
 */
public final class GroupSourceReq {
    /** {@code struct group_source_req}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("gsr_interface"),
            MemoryLayout.paddingLayout(4),
            MemoryLayout.sequenceLayout(128, ValueLayout.JAVA_BYTE).withName("gsr_group"),
            MemoryLayout.sequenceLayout(128, ValueLayout.JAVA_BYTE).withName("gsr_source"))
            .withName("group_source_req");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle GSR_INTERFACE = field("gsr_interface");

    private GroupSourceReq() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code gsr_interface}. */
    public static void gsrInterface(MemorySegment struct, long base, int value) {
        GSR_INTERFACE.set(struct, base, value);
    }
}
