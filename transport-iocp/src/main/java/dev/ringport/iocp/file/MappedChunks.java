// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.DefaultFileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a file by mapping; the pages are read in before the loop sees them. Mapped are windows of several pieces:
 * unmapping stops all threads for a moment. Where nothing can be mapped the pieces come from another source.
 */
final class MappedChunks implements ChunkedSend.Source {
    private static final int CHUNK_BYTES = 1024 * 1024;
    private static final long WINDOW_BYTES = 16L * CHUNK_BYTES;

    private final FileChannel file;
    private final DefaultFileRegion region;
    private final ChunkedSend.Source otherwise;
    /** Handed from worker to loop to worker with the pieces: one at a time uses it. */
    private @Nullable Window window;
    private boolean hasMapped;
    private boolean unmappable;

    MappedChunks(FileChannel file, DefaultFileRegion region, ChunkedSend.Source otherwise) {
        this.file = file;
        this.region = region;
        this.otherwise = otherwise;
    }

    @Override
    public boolean isExhausted(long offset) {
        return unmappable ? otherwise.isExhausted(offset) : offset >= region.count();
    }

    @Override
    public Chunk read(long offset) throws IOException {
        if (unmappable) {
            return otherwise.read(offset);
        }
        int length = (int) Math.min(CHUNK_BYTES, region.count() - offset);
        long from = region.position() + offset;
        long size = file.size();
        if (size < from + length) {
            throw new IOException("the file has " + size + " bytes, the region ends at "
                    + (region.position() + region.count()));
        }
        Window mapped = window;
        if (mapped == null) {
            try {
                mapped = map(from, Math.min(WINDOW_BYTES, Math.min(size - from, region.count() - offset)));
            } catch (IOException | UnsupportedOperationException refused) {
                if (hasMapped) {
                    throw refused;
                }
                unmappable = true;
                return otherwise.read(offset);
            }
            window = mapped;
            hasMapped = true;
        }
        length = (int) Math.min(length, mapped.end() - from);
        Chunk chunk = mapped.chunk(from, length);
        if (from + length == mapped.end()) {
            close();
        }
        return chunk;
    }

    private Window map(long from, long length) throws IOException {
        // Shared, because the last reference may go on any thread.
        Arena arena = Arena.ofShared();
        try {
            return new Window(arena, file.map(FileChannel.MapMode.READ_ONLY, from, length, arena), from);
        } catch (Throwable failed) {
            arena.close();
            throw failed;
        }
    }

    @Override
    public void close() {
        Window mapped = window;
        window = null;
        if (mapped != null) {
            mapped.release();
        }
    }

    /** A part of the file in memory. The source has a reference while it makes pieces of it, and each piece has one. */
    private static final class Window extends AbstractReferenceCounted {
        private final Arena arena;
        private final MemorySegment mapped;
        private final long start;

        Window(Arena arena, MemorySegment mapped, long start) {
            this.arena = arena;
            this.mapped = mapped;
            this.start = start;
        }

        long end() {
            return start + mapped.byteSize();
        }

        Chunk chunk(long from, int length) {
            MemorySegment piece = mapped.asSlice(from - start, length);
            piece.load();
            retain();
            return new Chunk(piece.address(), length, this::release);
        }

        @Override
        public ReferenceCounted touch(Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {
            arena.close();
        }
    }
}
