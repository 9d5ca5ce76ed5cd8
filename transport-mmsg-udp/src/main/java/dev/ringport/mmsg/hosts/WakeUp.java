// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.loop.WakeUpGate;
import dev.ringport.mmsg.abi.EpollConstants;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Wakes a thread that waits for an {@link EpollSet}. An eventfd that is only ever written is watched for edges: a wake-up
 * costs the waker one write and the loop no read.
 */
final class WakeUp {
    private final WakeUpGate gate = new WakeUpGate();
    private final BooleanSupplier write = this::write;
    private final int fd;

    WakeUp(EpollSet set) throws IOException {
        fd = Errno.check("eventfd", Linux.eventfd(
                NativeCalls.threadCapture(), 0, SocketConstants.EFD_NONBLOCK | SocketConstants.EFD_CLOEXEC));
        int added = set.set(new Watch(fd) {
            @Override
            protected void ready(int readyFor) {}
        }, EpollConstants.EPOLLIN | EpollConstants.EPOLLET);
        if (added < 0) {
            Linux.close(NativeCalls.threadCapture(), fd);
            throw Errno.exception("epoll_ctl", -added);
        }
    }

    /** Wakes the thread, or keeps it from falling asleep. From any thread, at any time. */
    void wakeUp() {
        gate.wakeUp(write);
    }

    private boolean write() {
        return Linux.eventfdWrite(NativeCalls.threadCapture(), fd, 1) >= 0;
    }

    /** Says that the thread is about to sleep; false if somebody wants it awake. */
    boolean fallAsleep() {
        return gate.fallAsleep();
    }

    /** The thread is awake. */
    void awake() {
        gate.awake();
    }

    /** Waits for wakers inside their call, then closes the descriptor. */
    void close() {
        gate.close();
        Linux.close(NativeCalls.threadCapture(), fd);
    }
}
