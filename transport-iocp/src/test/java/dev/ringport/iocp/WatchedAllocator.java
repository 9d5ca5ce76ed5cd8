// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An allocator that remembers its direct buffers, and lets a test step in before each. */
final class WatchedAllocator extends AbstractByteBufAllocator {
    /** By address. */
    final Map<Long, ByteBuf> made = new ConcurrentHashMap<>();
    private final Runnable before;

    WatchedAllocator(Runnable before) {
        super(true);
        this.before = before;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        before.run();
        ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        made.put(buffer.memoryAddress(), buffer);
        return buffer;
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}
