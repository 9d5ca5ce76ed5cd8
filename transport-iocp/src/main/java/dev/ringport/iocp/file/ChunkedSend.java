// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.FileRegion;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sends a region in pieces that other threads prepare; one is prepared while the one before is on its way. */
final class ChunkedSend extends RegionSend {
    /** Where the pieces come from. */
    interface Source {
        /** The piece that starts this far into the region. Blocks; never on a loop. */
        Chunk read(long offset) throws IOException;

        /** Whether there are no pieces from there on. Asked while none is being prepared. */
        boolean isExhausted(long offset);

        /** Nothing more is read. Called while nothing is being prepared, perhaps twice, on whatever thread. */
        void close();
    }

    private final Source source;
    private @Nullable Chunk current;
    private @Nullable Chunk following;
    private @Nullable IOException failure;
    private int taken;
    private long prepared;
    private boolean preparing;
    private boolean waiting;
    private boolean released;

    ChunkedSend(RegionOwner owner, FileRegion region, Source source) {
        super(owner, region);
        this.source = source;
        prepared = region.transferred();
    }

    @Override
    public void next() {
        Chunk chunk = current;
        if (chunk == null) {
            chunk = following;
            following = null;
            current = chunk;
            taken = 0;
        }
        if (chunk != null) {
            prepare();
            owner.sendChunk(chunk, chunk.address() + taken, chunk.length() - taken);
            return;
        }
        IOException failed = failure;
        if (failed != null) {
            owner.regionFailed(this, failed);
            return;
        }
        waiting = true;
        prepare();
    }

    private void prepare() {
        long from = prepared;
        if (preparing || following != null || failure != null || source.isExhausted(from)) {
            return;
        }
        preparing = true;
        // The worker reads through the region: it must outlive the outbound buffer's reference.
        region.retain();
        FileWorkers.run(owner.channel(), () -> source.read(from), new FileWorkers.Result<Chunk>() {
            @Override
            public void arrived(Chunk chunk) {
                preparing = false;
                if (released) {
                    chunk.release();
                    source.close();
                } else {
                    prepared += chunk.length();
                    following = chunk;
                }
                region.release();
                goOn();
            }

            @Override
            public void failed(IOException cause) {
                preparing = false;
                failure = cause;
                if (released) {
                    source.close();
                }
                region.release();
                goOn();
            }

            @Override
            public void discarded(@Nullable Chunk chunk) {
                if (chunk != null) {
                    chunk.release();
                }
                source.close();
                region.release();
            }
        });
    }

    private void goOn() {
        if (waiting) {
            waiting = false;
            if (released) {
                owner.abandoned();
            } else {
                owner.prepared();
            }
        }
        owner.movedOn();
    }

    @Override
    public void progressed(long bytes) {
        super.progressed(bytes);
        taken += (int) bytes;
        Chunk chunk = current;
        if (chunk != null && taken == chunk.length()) {
            current = null;
            chunk.release();
        }
    }

    @Override
    public boolean isDone() {
        return current == null && following == null && !preparing && failure == null && source.isExhausted(prepared);
    }

    @Override
    public void cancel() {
        // The channel's own send carries the pieces.
    }

    @Override
    public void dispose() {
        // Native memory of operations is the channel's own send's.
    }

    @Override
    public void release() {
        released = true;
        Chunk first = current;
        Chunk second = following;
        current = null;
        following = null;
        if (first != null) {
            first.release();
        }
        if (second != null) {
            second.release();
        }
        if (!preparing) {
            source.close();
        }
    }
}
