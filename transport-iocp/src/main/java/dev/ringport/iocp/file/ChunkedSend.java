// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
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

    /** More than a worker asks for. */
    private static final int ALL_ROOM = 1 << 20;

    private final Source source;
    /** Room for {@link #following}, which a worker takes before it hands a piece over. */
    private final Semaphore room = new Semaphore(1);
    private final Sink sink = new Handover();
    /** A piece that a worker has put and the loop has not seen. */
    private final AtomicReference<@Nullable Chunk> put = new AtomicReference<>();
    private @Nullable Chunk current;
    private @Nullable Chunk following;
    private @Nullable IOException failure;
    private int taken;
    /** What a worker does, or has done and the loop has not seen; null if nothing. */
    private @Nullable FileTask<Chunk> reading;
    /** The region is done, or given up: what a worker still brings is not wanted. */
    private volatile boolean released;

    ChunkedSend(RegionOwner owner, FileRegion region, Source source) {
        super(owner, region);
        this.source = source;
    }

    @Override
    public void next() {
        collect();
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
        } else if (reading == null) {
            // Its last bytes have left before it said that they were the last.
            owner.regionSent(this, 0);
        } else {
            owner.preparing();
        }
    }

    /** Takes what workers have brought. */
    private void collect() {
        Chunk between = put.getAndSet(null);
        if (between != null) {
            following = between;
        }
        FileTask<Chunk> task = reading;
        if (task == null || task.isUnderWay()) {
            return;
        }
        reading = null;
        try {
            Chunk last = task.take();
            if (last != Chunk.NONE) {
                following = last;
            }
        } catch (IOException cause) {
            failure = cause;
        }
        region.release();
    }

    private void prepare() {
        if (reading != null || following != null || failure != null || source.isExhausted()) {
            return;
        }
        // The worker reads through the region: it must outlive the outbound buffer's reference.
        region.retain();
        reading = FileTask.begin(owner.channel(), this::read, this::look, chunk -> {
            if (chunk != null && chunk != Chunk.NONE) {
                chunk.release();
            }
            source.close();
            region.release();
        });
    }

    private void look() {
        if (released) {
            // Its worker clears up what it puts from now on.
            return;
        }
        collect();
        owner.prepared();
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
            put.set(chunk);
            if (released) {
                drop(put.getAndSet(null));
                throw new ClosedChannelException();
            }
            FileWorkers.tell(owner.channel(), ChunkedSend.this::look);
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

    private static void drop(@Nullable Chunk chunk) {
        if (chunk != null) {
            chunk.release();
        }
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
        return current == null && following == null && reading == null && failure == null && source.isExhausted();
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
        // Either side clears up what was put, before there is room for more.
        drop(put.getAndSet(null));
        drop(current);
        drop(following);
        current = null;
        following = null;
        FileTask<Chunk> task = reading;
        reading = null;
        if (task != null) {
            task.abandon();
        } else {
            source.close();
        }
        room.release(ALL_ROOM);
    }
}
