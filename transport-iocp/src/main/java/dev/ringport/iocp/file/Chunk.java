// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/** A piece of a file in native memory. The send that carries it holds a reference. */
public final class Chunk extends AbstractReferenceCounted {
    /** None at all. */
    static final Chunk NONE = new Chunk(0, 0, () -> {});

    private final long address;
    private final int length;
    private final Runnable free;

    /**
     * @param free gives the memory back; on whatever thread the last reference goes
     */
    Chunk(long address, int length, Runnable free) {
        this.address = address;
        this.length = length;
        this.free = free;
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        free.run();
    }
}
