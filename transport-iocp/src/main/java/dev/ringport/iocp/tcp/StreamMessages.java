// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.ffm.BufferAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;

/** What a connection can send as it is, and what it copies first. */
final class StreamMessages {
    /** A composite of more pieces is copied once rather than sent in parts. */
    private static final int MAX_PIECES = 64;

    private StreamMessages() {}

    /** The message itself if its bytes lie in native memory, or a direct copy; the message is released then. */
    static ByteBuf sendable(ByteBufAllocator allocator, ByteBuf message) {
        int bytes = message.readableBytes();
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
