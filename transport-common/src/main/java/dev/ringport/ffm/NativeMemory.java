// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.MemorySegment;

/** Native memory that the system handed out by address. */
public final class NativeMemory {
    private NativeMemory() {}

    /**
     * A segment over memory that somebody else owns, such as a mapping of the kernel's. It carries no lifetime: the
     * caller keeps it from being used after the memory is gone.
     *
     * @param address where it starts
     * @param bytes its size; never more than was handed out
     */
    @SuppressWarnings("restricted")
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }
}
