// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Sends a region in pieces that other threads prepare; one is prepared while the one before is on its way. */
final class ChunkedSend extends RegionSend {
    /** Where the pieces come from. */
    interface Source {
        /**
         * The next piece; {@link Chunk#NONE} if there is none any more. Blocks; never on a loop.
         *
         * @param sink takes what comes before this piece
         */
        Chunk read(Sink sink) throws IOException;

        /** Whether there are no more pieces. Asked while none is being prepared. */
        boolean isExhausted();

        /** So many bytes of the region have left. */
        void left(long transferred);

        /** Nothing more is read. Called while nothing is being prepared, perhaps twice, on whatever thread. */
        void close();
    }

    /** Where a source puts pieces before its call ends. */
    interface Sink {
        /**
         * Takes a piece, and the reference to it. Blocks until the one before is on its way.
         *
         * @throws ClosedChannelException if the region was given up meanwhile
         */
        void put(Chunk chunk) throws IOException;

        /** Whether {@link #put} would not block. */
        boolean hasRoom();

        /** Whether the region is still to be sent. */
        boolean isOpen();
    }

    /** What a worker does for this region. */
    private enum Reading {
        NOTHING,
        /** It prepares a piece while there are others to send. */
        AHEAD,
        /** It prepares a piece, and the connection waits for it. */
        AWAITED
    }

    /** More than a worker asks for. */
    private static final int ALL_ROOM = 1 << 20;

    private final Source source;
    /** Room for {@link #following}, which a worker takes before it hands a piece over. */
    private final Semaphore room = new Semaphore(1);
    private final Sink sink = new Handover();
    private @Nullable Chunk current;
    private @Nullable Chunk following;
    private @Nullable IOException failure;
    private int taken;
    private Reading reading = Reading.NOTHING;
    /** The region is done, or given up: what a worker still brings is not wanted. */
    private volatile boolean released;

    ChunkedSend(RegionOwner owner, FileRegion region, Source source) {
        super(owner, region);
        this.source = source;
    }

    @Override
    public void next() {
        if (current == null) {
            current = following;
            following = null;
            taken = 0;
            if (current != null) {
                room.release();
            }
        }
        prepare();
        Chunk chunk = current;
        IOException failed = failure;
        if (chunk != null) {
            owner.sendChunk(chunk, chunk.address() + taken, chunk.length() - taken);
        } else if (failed != null) {
            owner.regionFailed(this, failed);
        } else if (reading == Reading.NOTHING) {
            // Its last bytes have left before it said that they were the last.
            owner.regionSent(this, 0);
        } else {
            reading = Reading.AWAITED;
        }
    }

    private void prepare() {
        if (reading != Reading.NOTHING || following != null || failure != null || source.isExhausted()) {
            return;
        }
        // The worker reads through the region: it must outlive the outbound buffer's reference.
        region.retain();
        reading = Reading.AHEAD;
        FileWorkers.run(owner.channel(), this::read, new FileWorkers.Result<Chunk>() {
            @Override
            public void arrived(Chunk chunk) {
                take(chunk);
                ended();
            }

            @Override
            public void failed(IOException cause) {
                failure = cause;
                ended();
            }

            @Override
            public void discarded(@Nullable Chunk chunk) {
                if (chunk != null && chunk != Chunk.NONE) {
                    chunk.release();
                }
                source.close();
                region.release();
            }
        });
    }

    /** On a worker. */
    private Chunk read() throws IOException {
        Chunk last = Chunk.NONE;
        try {
            last = source.read(sink);
            return last;
        } finally {
            // The end must not overtake what was put before.
            room.acquireUninterruptibly();
            if (last == Chunk.NONE) {
                room.release();
            }
        }
    }

    /** Hands pieces to the loop, in order: each waits until the one before was taken. */
    private final class Handover implements Sink {
        @Override
        public void put(Chunk chunk) throws IOException {
            room.acquireUninterruptibly();
            if (released) {
                chunk.release();
                throw new ClosedChannelException();
            }
            FileWorkers.handOver(owner.channel(), () -> {
                take(chunk);
                goOn(Reading.AHEAD);
            }, () -> {
                chunk.release();
                abandon();
            });
        }

        @Override
        public boolean hasRoom() {
            return room.availablePermits() > 0;
        }

        @Override
        public boolean isOpen() {
            return !released;
        }
    }

    private void take(Chunk chunk) {
        if (chunk == Chunk.NONE) {
            // Nobody's to release.
            return;
        }
        if (released) {
            chunk.release();
        } else {
            following = chunk;
        }
    }

    private void ended() {
        if (released) {
            source.close();
        }
        region.release();
        goOn(Reading.NOTHING);
    }

    private void goOn(Reading now) {
        boolean awaited = reading == Reading.AWAITED;
        reading = now;
        if (awaited && released) {
            owner.abandoned();
        } else if (awaited) {
            owner.prepared();
        }
        owner.movedOn();
    }

    @Override
    public void progressed(long bytes) {
        super.progressed(bytes);
        source.left(offset());
        taken += (int) bytes;
        Chunk chunk = current;
        if (chunk != null && taken == chunk.length()) {
            current = null;
            chunk.release();
        }
    }

    @Override
    public boolean isDone() {
        return current == null && following == null && reading == Reading.NOTHING && failure == null
                && source.isExhausted();
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
        abandon();
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
        if (reading == Reading.NOTHING) {
            source.close();
        }
    }

    /** Nothing more is taken, and no worker waits for room. */
    private void abandon() {
        if (!released) {
            released = true;
            room.release(ALL_ROOM);
        }
    }
}
