// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.ffm.BufferAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.EmptyByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;

/** What a connection can send as it is, and what it copies first. */
final class StreamMessages {
    /** A composite of more pieces is copied once rather than sent in parts. */
    private static final int MAX_PIECES = 64;

    private static final ByteBuf EMPTY = new EmptyByteBuf(UnpooledByteBufAllocator.DEFAULT);

    private StreamMessages() {}

    /** Whether a flushed message was cancelled. */
    @SuppressWarnings("ReferenceEquality") // others are empty too
    static boolean isCancelled(Object message) {
        return message == Unpooled.EMPTY_BUFFER;
    }

    /** The message itself if its bytes lie in native memory, or a direct copy; the message is released then. */
    static ByteBuf sendable(ByteBufAllocator allocator, ByteBuf message) {
        int bytes = message.readableBytes();
        if (isCancelled(message)) {
            // Netty puts that one in the place of a cancelled message.
            return EMPTY;
        }
        if (bytes == 0 || isNative(message, bytes)) {
            return message;
        }
        ByteBuf copy = allocator.directBuffer(bytes);
        try {
            copy.writeBytes(message, message.readerIndex(), bytes);
        } catch (Throwable failed) {
            copy.release();
            throw failed;
        }
        ReferenceCountUtil.safeRelease(message);
        return copy;
    }

    private static boolean isNative(ByteBuf message, int bytes) {
        if (!message.isDirect()) {
            return false;
        }
        if (BufferAddress.of(message, message.readerIndex(), bytes) != BufferAddress.NONE) {
            return true;
        }
        int pieces = message.nioBufferCount();
        return pieces > 0 && pieces <= MAX_PIECES && !message.isReadOnly();
    }
}
