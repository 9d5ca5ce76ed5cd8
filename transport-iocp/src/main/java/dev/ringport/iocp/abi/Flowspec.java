// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * One direction of a {@link Qos}.
 *
 * <pre>{@code
 * typedef struct _flowspec {
 *     ULONG TokenRate;
 *     ULONG TokenBucketSize;
 *     ULONG PeakBandwidth;
 *     ULONG Latency;
 *     ULONG DelayVariation;
 *     ULONG ServiceType;
 *     ULONG MaxSduSize;
 *     ULONG MinimumPolicedSize;
 * } FLOWSPEC;
 * }</pre>
 */
public final class Flowspec {
    /** {@code FLOWSPEC}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("TokenRate"),
            ValueLayout.JAVA_INT.withName("TokenBucketSize"),
            ValueLayout.JAVA_INT.withName("PeakBandwidth"),
            ValueLayout.JAVA_INT.withName("Latency"),
            ValueLayout.JAVA_INT.withName("DelayVariation"),
            ValueLayout.JAVA_INT.withName("ServiceType"),
            ValueLayout.JAVA_INT.withName("MaxSduSize"),
            ValueLayout.JAVA_INT.withName("MinimumPolicedSize"))
            .withName("FLOWSPEC");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private Flowspec() {}
}
