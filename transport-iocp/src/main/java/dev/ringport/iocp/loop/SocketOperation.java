// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

/**
 * An overlapped operation of a channel's socket. It counts itself in where it begins, and out where it was told of its
 * end: the channel's close or deregistration, which waits for the last one, goes on only after that. Made while the
 * channel is at its loop, for as long as it stays there.
 */
public abstract class SocketOperation extends Operation {
    private final SocketAtLoop place;
    private final CompletionLoop loop;
    private final LoopRegistration registration;

    /**
     * @param size native memory in bytes, the {@code OVERLAPPED} included
     */
    protected SocketOperation(SocketAtLoop place, long size) {
        super(place.loop().operations(), size);
        this.place = place;
        loop = place.loop();
        registration = place.registration();
    }

    /** The loop whose memory this is. */
    protected final CompletionLoop loop() {
        return loop;
    }

    /** Whether the channel is still where the operation was made. */
    public final boolean belongsTo(SocketAtLoop now) {
        return now.isThere() && now.registration().equals(registration);
    }

    @Override
    public final long begin() {
        long overlapped = super.begin();
        registration.began();
        return overlapped;
    }

    /** Asks Windows to end it early; the end is told all the same. */
    public final void cancel(OverlappedSocket socket) {
        loop.cancel(socket.handle(), this);
    }

    @Override
    protected final void completed(int endCode, int transferred) {
        try {
            ended(endCode, transferred);
        } finally {
            registration.ended();
            place.operationEnded();
        }
    }

    /** As {@link Operation#completed}. */
    protected abstract void ended(int endCode, int transferred);
}
