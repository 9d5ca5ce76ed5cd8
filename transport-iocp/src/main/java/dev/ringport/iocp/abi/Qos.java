// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * A named quality of service, as {@code WSAGetQOSByName} tells it.
 *
 * <pre>{@code
 * typedef struct _QualityOfService {
 *     FLOWSPEC SendingFlowspec;
 *     FLOWSPEC ReceivingFlowspec;
 *     WSABUF   ProviderSpecific;
 * } QOS;
 * }</pre>
 */
public final class Qos {
    /** {@code QOS}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            Flowspec.LAYOUT.withName("SendingFlowspec"),
            Flowspec.LAYOUT.withName("ReceivingFlowspec"),
            Wsabuf.LAYOUT.withName("ProviderSpecific"))
            .withName("QOS");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private Qos() {}
}
