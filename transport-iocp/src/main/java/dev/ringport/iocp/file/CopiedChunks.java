// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.ffm.BufferAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of any region by its own {@link FileRegion#transferTo}, asked as NIO asks: at what it has transferred, again if
 * it answers 0, and until it has transferred what it counts, however many bytes it wrote for that.
 */
final class CopiedChunks implements ChunkedSend.Source {
    private static final int CHUNK_BYTES = 256 * 1024;
    /** What a slow region writes is not kept until a piece is full. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Between two answers of 0, the first time and at most. */
    private static final long MIN_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ByteBufAllocator allocator;
    private final FileRegion region;
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime as {@link System#nanoTime}: what makes a region a slow one
     */
    CopiedChunks(ByteBufAllocator allocator, FileRegion region, LongSupplier nanoTime) {
        this.allocator = allocator;
        this.region = region;
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean isExhausted() {
        return region.transferred() >= region.count();
    }

    @Override
    public Chunk read(ChunkedSend.Sink sink) throws IOException {
        Target target = new Target(sink);
        long pause = MIN_PAUSE_NANOS;
        try {
            while (!isExhausted() && !target.isFull()) {
                if (!sink.isOpen()) {
                    throw new ClosedChannelException();
                }
                long got = region.transferTo(target, region.transferred());
                if (got > 0) {
                    pause = MIN_PAUSE_NANOS;
                } else if (target.buffer != null) {
                    break;
                } else if (!isExhausted()) {
                    LockSupport.parkNanos(pause);
                    pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
                }
            }
            return target.buffer == null ? Chunk.NONE : target.cut();
        } catch (Throwable failed) {
            if (target.buffer != null) {
                target.buffer.release();
            }
            throw failed;
        }
    }

    @Override
    public void left(long transferred) {
        // It counts for itself.
    }

    @Override
    public void close() {
        // There is nothing between the pieces.
    }

    /**
     * What a region writes to. A full piece answers 0 once, as a socket that takes no more now; a region that writes
     * again loops until all is taken, and waits here until there is room.
     */
    private final class Target implements WritableByteChannel {
        private final ChunkedSend.Sink sink;
        private @Nullable ByteBuf buffer;
        private boolean hasAnsweredZero;
        private long begun = nanoTime.getAsLong();

        Target(ChunkedSend.Sink sink) {
            this.sink = sink;
        }

        boolean isFull() {
            return buffer != null && buffer.maxWritableBytes() == 0;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (!sink.isOpen()) {
                throw new ClosedChannelException();
            }
            if (!source.hasRemaining()) {
                return 0;
            }
            if (isFull()) {
                if (!hasAnsweredZero) {
                    hasAnsweredZero = true;
                    return 0;
                }
                sink.put(cut());
            }
            hasAnsweredZero = false;
            ByteBuf into = buffer;
            if (into == null) {
                long expected = Math.max(source.remaining(), region.count() - region.transferred());
                into = allocator.directBuffer((int) Math.min(expected, CHUNK_BYTES), CHUNK_BYTES);
                buffer = into;
            }
            int bytes = Math.min(source.remaining(), into.maxWritableBytes());
            into.writeBytes(source.slice(source.position(), bytes));
            source.position(source.position() + bytes);
            if (nanoTime.getAsLong() - begun > GATHER_NANOS && sink.hasRoom()) {
                sink.put(cut());
            }
            return bytes;
        }

        /** What was written so far, as a piece. */
        Chunk cut() {
            ByteBuf full = buffer;
            if (full == null) {
                throw new IllegalStateException("nothing was written");
            }
            buffer = null;
            begun = nanoTime.getAsLong();
            return new Chunk(BufferAddress.of(full, 0, full.readableBytes()), full.readableBytes(), full::release);
        }

        @Override
        public boolean isOpen() {
            return sink.isOpen();
        }

        @Override
        public void close() {}
    }
}
