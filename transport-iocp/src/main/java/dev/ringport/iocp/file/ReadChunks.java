// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.ffm.BufferAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Pieces of a file, read. Not mapped: a thread that waits for a page of a slow file keeps the JVM from its safepoints,
 * and so all other threads.
 */
final class ReadChunks implements ChunkedSend.Source {
    /** A file that can be read at any position. */
    interface ReadableFile {
        /** As {@link java.nio.channels.FileChannel#read(ByteBuffer, long)}, into a direct buffer. Blocks. */
        int read(ByteBuffer into, long position) throws IOException;

        /** Called once, on whatever thread. */
        default void close() {}
    }

    private static final int CHUNK_BYTES = 256 * 1024;
    /** What a slow file gives is not kept until a piece is full. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ByteBufAllocator allocator;
    private final ReadableFile file;
    private final FileRegion region;
    private long offset;
    private boolean closed;

    ReadChunks(ByteBufAllocator allocator, FileRegion region, ReadableFile file) {
        this.allocator = allocator;
        this.region = region;
        this.file = file;
        offset = region.transferred();
    }

    @Override
    public boolean isExhausted() {
        return offset >= region.count();
    }

    @Override
    public Chunk read(ChunkedSend.Sink sink) throws IOException {
        int length = (int) Math.min(CHUNK_BYTES, region.count() - offset);
        ByteBuf buffer = allocator.directBuffer(length, length);
        try {
            int bytes = fill(buffer.internalNioBuffer(0, length));
            if (bytes == 0) {
                throw new IOException(
                        "the file ends " + (region.count() - offset) + " bytes before the region does");
            }
            offset += bytes;
            return new Chunk(BufferAddress.of(buffer, 0, bytes), bytes, buffer::release);
        } catch (Throwable failed) {
            buffer.release();
            throw failed;
        }
    }

    private int fill(ByteBuffer into) throws IOException {
        long begun = System.nanoTime();
        long from = region.position() + offset;
        int bytes = 0;
        do {
            int got = file.read(into, from + bytes);
            if (got <= 0) {
                break;
            }
            bytes += got;
        } while (into.hasRemaining() && System.nanoTime() - begun < GATHER_NANOS);
        return bytes;
    }

    @Override
    public void left(long transferred) {
        RegionSend.transferred(region, transferred);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            file.close();
        }
    }
}
