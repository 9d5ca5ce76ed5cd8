// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemorySegment;

import static dev.ringport.iocp.abi.WindowsErrors.ERROR_CALL_NOT_IMPLEMENTED;

/** Stands for {@code qwave} where there is none: on Windows Server it is a feature that is not installed by default. */
public final class AbsentQwave implements Qwave {
    /** Stands for what is not there. */
    public AbsentQwave() {}

    @Override
    public int qosCreateHandle(MemorySegment capture, long version, long handle) {
        return -ERROR_CALL_NOT_IMPLEMENTED;
    }

    @Override
    public int qosAddSocketToFlow(
            MemorySegment capture, long handle, long socket, long destination, int trafficType, int flags, long flow) {
        return -ERROR_CALL_NOT_IMPLEMENTED;
    }

    @Override
    public int qosSetFlow(
            MemorySegment capture, long handle, int flow, int operation, int bytes, long buffer, int flags,
            long overlapped) {
        return -ERROR_CALL_NOT_IMPLEMENTED;
    }

    @Override
    public int qosCloseHandle(MemorySegment capture, long handle) {
        return -ERROR_CALL_NOT_IMPLEMENTED;
    }
}
