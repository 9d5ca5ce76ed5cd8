// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.loop.WakeUpGate;
import java.util.function.BooleanSupplier;

import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_MORE;

/**
 * Wakes the ring's thread from others. An eventfd that is only ever written is watched by an edge-triggered multishot
 * poll: a wake-up costs the waker one write and the loop one completion, no read.
 */
public final class WakeUp {
    private final WakeUpGate gate = new WakeUpGate();
    private final BooleanSupplier write = this::write;
    private final RingOperations operations;
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

    /** Of a ring that is not enabled yet. */
    public WakeUp(RingOperations operations) throws RingSetupException {
        this.operations = operations;
        fd = Linux.eventfd(
                NativeCalls.threadCapture(), 0, SocketConstants.EFD_NONBLOCK | SocketConstants.EFD_CLOEXEC);
        if (fd < 0) {
            throw new RingSetupException("eventfd", -fd);
        }
        operations.table().add(poll);
    }

    /** Arms the watch. Before the loop may sleep. */
    public void arm() {
        operations.submissions().preparePoll(fd, SocketConstants.POLLIN, true, operations.table().begin(poll));
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
        gate.wakeUp(write);
    }

    private boolean write() {
        return Linux.eventfdWrite(NativeCalls.threadCapture(), fd, 1) >= 0;
    }

    /** Says that the loop is about to sleep; false if somebody wants it awake. */
    public boolean fallAsleep() {
        return gate.fallAsleep();
    }

    /** The loop is awake. */
    public void awake() {
        gate.awake();
    }

    /** Waits for wakers inside their call, then closes the descriptor. */
    public void close() {
        gate.close();
        Linux.close(NativeCalls.threadCapture(), fd);
    }
}
