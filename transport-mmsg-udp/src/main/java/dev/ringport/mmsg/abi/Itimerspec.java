// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

import dev.ringport.linux.abi.KernelTimespec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * A timer's setting: two {@link KernelTimespec}s.
 *
 * <pre>{@code
 * struct itimerspec {
 *     struct timespec it_interval;
 *     struct timespec it_value;
 * };
 * }</pre>
 */
public final class Itimerspec {
    /** {@code struct itimerspec}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            KernelTimespec.LAYOUT.withName("it_interval"),
            KernelTimespec.LAYOUT.withName("it_value"))
            .withName("itimerspec");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();
    /** Where {@code it_value} begins. */
    public static final long VALUE = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("it_value"));

    private Itimerspec() {}
}
