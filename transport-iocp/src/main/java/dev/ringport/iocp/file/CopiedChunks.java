// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.ffm.BufferAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Pieces of any region by its own {@link FileRegion#transferTo}. */
final class CopiedChunks implements ChunkedSend.Source {
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final int MAX_BYTES = 1024 * 1024;

    private final ByteBufAllocator allocator;
    private final FileRegion region;

    CopiedChunks(ByteBufAllocator allocator, FileRegion region) {
        this.allocator = allocator;
        this.region = region;
    }

    @Override
    public boolean isExhausted(long offset) {
        return region.transferred() >= region.count();
    }

    @Override
    public Chunk read(long offset) throws IOException {
        ByteBuf buffer = allocator.directBuffer(CHUNK_BYTES, MAX_BYTES);
        try {
            // The position is what the region has transferred: that is the interface's contract.
            for (long got = 1; got > 0 && buffer.readableBytes() < CHUNK_BYTES && !isExhausted(offset);) {
                got = region.transferTo(new Target(buffer), region.transferred());
            }
            int length = buffer.readableBytes();
            if (length == 0) {
                throw new IOException("the region gave no bytes at " + offset + " of " + region.count());
            }
            return new Chunk(BufferAddress.of(buffer, 0, length), length, buffer::release);
        } catch (Throwable failed) {
            buffer.release();
            throw failed;
        }
    }

    @Override
    public void close() {
        // There is nothing between the pieces.
    }

    /**
     * Takes what fits into the buffer. A region that writes again to a full one loops until all is taken: the buffer then
     * grows to its bound, and after that the region fails, where it would spin for ever.
     */
    private static final class Target implements WritableByteChannel {
        private final ByteBuf buffer;
        private boolean full;

        Target(ByteBuf buffer) {
            this.buffer = buffer;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int room = buffer.writableBytes();
            if (room == 0 && source.hasRemaining()) {
                if (!full) {
                    full = true;
                    return 0;
                }
                room = buffer.maxWritableBytes();
                if (room == 0) {
                    throw new IOException("the region writes on and on to a target that is full");
                }
            }
            int bytes = Math.min(source.remaining(), room);
            buffer.writeBytes(source.slice(source.position(), bytes));
            source.position(source.position() + bytes);
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
