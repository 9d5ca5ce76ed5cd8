// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Where the bytes of a Netty buffer lie in native memory. */
public final class BufferAddress {
    /** The answer for buffers whose bytes do not lie in one piece of native memory. */
    public static final long NONE = 0;

    private BufferAddress() {}

    /**
     * The native address of the byte at {@code index}, or {@link #NONE} for heap buffers and composites of several
     * components. The address is good for {@code length} bytes while the caller owns a reference to the buffer.
     */
    public static long of(ByteBuf buffer, int index, int length) {
        if (buffer.hasMemoryAddress()) {
            return buffer.memoryAddress() + index;
        }
        if (buffer.isDirect() && buffer.nioBufferCount() == 1) {
            // ofBuffer counts from the position, which internalNioBuffer has already set to index.
            return MemorySegment.ofBuffer(buffer.internalNioBuffer(index, length)).address();
        }
        return NONE;
    }

    /** The native address of the byte at the position of a direct buffer. */
    public static long of(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address();
    }
}
