// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A loop's native memory, which a test can let run out. What is cut into slots comes in small slabs, so that it does. */
final class ScarceMemory implements Arena {
    private static final long SLAB_BYTES = 32 * 1024;

    private final Arena real = Arena.ofShared();
    private final long slab;
    private volatile int refusals;

    /**
     * @param slab the size of the largest slot that a test needs
     */
    ScarceMemory(long slab) {
        this.slab = slab;
    }

    /** The next so many attempts fail. */
    void refuse(int attempts) {
        refusals = attempts;
    }

    /** How many attempts are still to fail. */
    int refusals() {
        return refusals;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the loop alone counts
    public MemorySegment allocate(long bytes, long alignment) {
        if (refusals > 0) {
            refusals--;
            throw new OutOfMemoryError("as asked");
        }
        MemorySegment memory = real.allocate(bytes, alignment);
        return bytes == SLAB_BYTES ? memory.asSlice(0, slab) : memory;
    }

    @Override
    public MemorySegment.Scope scope() {
        return real.scope();
    }

    @Override
    public void close() {
        real.close();
    }
}
