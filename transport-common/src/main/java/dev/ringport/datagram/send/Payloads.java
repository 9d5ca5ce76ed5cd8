// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Payloads in the form a send takes them: pieces of native memory. */
final class Payloads {
    private Payloads() {}

    /** Whether the bytes lie in native memory, in so few pieces that one send can gather them. */
    static boolean isSendable(ByteBuf payload) {
        return payload.isDirect()
                && (payload.hasMemoryAddress()
                        || (isGatherable(payload.nioBufferCount()) && !payload.isReadOnly())
                        || payload.nioBufferCount() == 1);
    }

    /** Whether the bytes lie in one piece of native memory, as those of a train do. */
    static boolean isOnePiece(ByteBuf payload) {
        return payload.hasMemoryAddress() || payload.nioBufferCount() == 1;
    }

    private static boolean isGatherable(int pieces) {
        return pieces > 0 && pieces <= SendOperation.MAX_PIECES;
    }

    /** A direct copy of the readable bytes; the caller owns it. */
    static ByteBuf copy(ByteBufAllocator allocator, ByteBuf payload) {
        int bytes = payload.readableBytes();
        ByteBuf copy = allocator.directBuffer(Math.max(bytes, 1));
        try {
            return copy.writeBytes(payload, payload.readerIndex(), bytes);
        } catch (Throwable failed) {
            copy.release();
            throw failed;
        }
    }
}
