// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;

/** Pieces of a file by mapping; the pages are read in before the loop sees them. */
final class MappedChunks implements ChunkedSend.Source {
    private static final int CHUNK_BYTES = 1024 * 1024;

    private final FileChannel file;
    private final DefaultFileRegion region;

    MappedChunks(FileChannel file, DefaultFileRegion region) {
        this.file = file;
        this.region = region;
    }

    @Override
    public boolean isExhausted(long offset) {
        return offset >= region.count();
    }

    @Override
    public Chunk read(long offset) throws IOException {
        int length = (int) Math.min(CHUNK_BYTES, region.count() - offset);
        long from = region.position() + offset;
        long size = file.size();
        if (size < from + length) {
            throw new IOException("the file has " + size + " bytes, the region ends at "
                    + (region.position() + region.count()));
        }
        // Shared, because the last reference may go on any thread.
        Arena arena = Arena.ofShared();
        try {
            MemorySegment mapped = file.map(FileChannel.MapMode.READ_ONLY, from, length, arena);
            mapped.load();
            return new Chunk(mapped.address(), length, arena::close);
        } catch (Throwable failed) {
            arena.close();
            throw failed;
        }
    }
}
