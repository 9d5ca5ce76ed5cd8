// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.uring.abi.Linux;
import dev.ringport.uring.abi.SocketConstants;
import java.util.concurrent.atomic.AtomicInteger;

import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_MORE;

/**
 * Wakes the ring's thread from others. An eventfd that is only ever written is watched by an edge-triggered multishot
 * poll: a wake-up costs the waker one write and the loop one completion, no read.
 *
 * <p>Wake-ups are sticky: one that comes while the loop is awake keeps it from sleeping the next time, and only one
 * that finds it asleep costs a write.
 */
public final class WakeUp {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int NOTIFIED = 2;
    /** Added to the count of wakers once the descriptor may no longer be used. */
    private static final int CLOSED = 1 << 30;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final AtomicInteger wakers = new AtomicInteger();
    private final Ring ring;
    private final OperationTable operations;
    private final Runnable makeRoom;
    private final int fd;
    private final Operation poll = new Operation() {
        @Override
        public void completed(int res, int flags) {
            if ((flags & IORING_CQE_F_MORE) == 0 && !stopped) {
                arm();
            }
        }
    };

    private boolean stopped;

    /**
     * @param makeRoom makes room for one more entry in the submission queue
     */
    public WakeUp(Ring ring, OperationTable operations, Runnable makeRoom) throws RingSetupException {
        this.ring = ring;
        this.operations = operations;
        this.makeRoom = makeRoom;
        fd = Linux.eventfd(
                NativeCalls.threadCapture(), 0, SocketConstants.EFD_NONBLOCK | SocketConstants.EFD_CLOEXEC);
        if (fd < 0) {
            throw new RingSetupException("eventfd", -fd);
        }
        operations.add(poll);
    }

    /** Arms the watch. Before the loop may sleep. */
    public void arm() {
        makeRoom.run();
        ring.submissions().preparePoll(fd, SocketConstants.POLLIN, true, operations.begin(poll));
    }

    /** Arms the watch no more. */
    public void stop() {
        stopped = true;
    }

    /** The watch, which must be cancelled before the ring ends. */
    public Operation operation() {
        return poll;
    }

    /** Wakes the loop, or keeps it from falling asleep. From any thread, at any time. */
    public void wakeUp() {
        if (state.getAndSet(NOTIFIED) != ASLEEP) {
            return;
        }
        // close() waits until nobody is between these two, so the descriptor is never another's.
        if (wakers.getAndIncrement() < CLOSED) {
            Linux.eventfdWrite(NativeCalls.threadCapture(), fd, 1);
        }
        wakers.getAndDecrement();
    }

    /** Says that the loop is about to sleep; false if somebody wants it awake. */
    public boolean fallAsleep() {
        if (state.compareAndSet(AWAKE, ASLEEP)) {
            return true;
        }
        state.set(AWAKE);
        return false;
    }

    /** The loop is awake. */
    public void awake() {
        state.set(AWAKE);
    }

    /** Waits for wakers inside their call, then closes the descriptor. */
    public void close() {
        wakers.getAndAdd(CLOSED);
        while (wakers.get() != CLOSED) {
            Thread.onSpinWait();
        }
        Linux.close(NativeCalls.threadCapture(), fd);
    }
}
