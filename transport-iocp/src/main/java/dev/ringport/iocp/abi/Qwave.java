// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemorySegment;

/**
 * The functions of {@code qwave}. A failure is the negated Win32 error code, or -{@link Integer#MAX_VALUE} where the
 * function fails and sets none.
 */
public interface Qwave {
    /** 0 or a negated code. {@code handle} is the address of a handle. */
    int qosCreateHandle(MemorySegment capture, long version, long handle);

    /** 0 or a negated code. {@code flow} is the address of a {@code QOS_FLOWID}. */
    int qosAddSocketToFlow(MemorySegment capture, long handle, long socket, long destination, int trafficType,
            int flags, long flow);

    /** 0 or a negated code. */
    int qosSetFlow(MemorySegment capture, long handle, int flow, int operation, int bytes, long buffer, int flags,
            long overlapped);

    /** 0 or a negated code. */
    int qosCloseHandle(MemorySegment capture, long handle);
}
