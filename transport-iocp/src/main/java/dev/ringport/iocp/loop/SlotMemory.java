// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.iocp.abi.Overlapped;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * The native memory of one loop's operations, cut from its arena in sizes of powers of two. What is given back is used
 * again and never freed before the arena is. On the loop only.
 */
public final class SlotMemory {
    private static final int SMALLEST_SHIFT = 7;
    private static final long SLAB_BYTES = 32 * 1024;
    /** {@code OVERLAPPED} holds pointers. */
    private static final long ALIGNMENT = 16;

    private final Arena arena;
    private final ArrayDeque<MemorySegment>[] free;
    private MemorySegment slab = MemorySegment.NULL;
    private long used;
    private long bytes;

    @SuppressWarnings({"unchecked", "rawtypes"})
    SlotMemory(Arena arena) {
        this.arena = arena;
        free = new ArrayDeque[Integer.SIZE];
        for (int i = 0; i < free.length; i++) {
            free[i] = new ArrayDeque<>(0);
        }
    }

    private static int shift(long size) {
        return Math.max(SMALLEST_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(size - 1));
    }

    /** At least {@code size} bytes, with room for an {@code OVERLAPPED} at the start. */
    MemorySegment allocate(long size) {
        int shift = shift(Math.max(size, Overlapped.BYTES));
        MemorySegment again = free[shift].poll();
        if (again != null) {
            return again;
        }
        long length = 1L << shift;
        if (length > SLAB_BYTES / 4) {
            bytes += length;
            return arena.allocate(length, ALIGNMENT);
        }
        if (used + length > slab.byteSize()) {
            slab = arena.allocate(SLAB_BYTES, ALIGNMENT);
            used = 0;
            bytes += SLAB_BYTES;
        }
        MemorySegment cut = slab.asSlice(used, length);
        used += length;
        return cut;
    }

    /** Takes back what {@link #allocate} gave. */
    void giveBack(MemorySegment memory) {
        free[shift(memory.byteSize())].push(memory);
    }

    /** All that was cut from the arena. */
    long bytes() {
        return bytes;
    }
}
