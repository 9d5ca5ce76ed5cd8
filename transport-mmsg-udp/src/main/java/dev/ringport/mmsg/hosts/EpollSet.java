// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.KernelTimespec;
import dev.ringport.linux.abi.Linux;
import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.abi.EpollEvent;
import dev.ringport.mmsg.abi.Itimerspec;
import dev.ringport.mmsg.abi.MmsgCalls;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An epoll with the watches in it. Used by one thread at a time. */
public final class EpollSet {
    /** The index of a watch in no set. */
    static final int NOWHERE = -1;

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EpollSet.class);
    private static final int MAX_EVENTS = 256;
    private static final long NANOS_A_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
    private final MemorySegment events = arena.allocate(MAX_EVENTS * EpollEvent.BYTES, Long.BYTES);
    private final MemorySegment change = arena.allocate(EpollEvent.BYTES, Long.BYTES);
    private final MemorySegment time = arena.allocate(Itimerspec.BYTES, Long.BYTES);
    private final List<@Nullable Watch> watches = new ArrayList<>();
    private final List<Integer> free = new ArrayList<>();
    private final int fd;
    /** The timer of a kernel whose waits are of whole milliseconds. */
    private final @Nullable Watch timer;
    private int generation;
    private boolean closed;

    /** An empty set. */
    public EpollSet() throws IOException {
        this(!canWaitForNanos());
    }

    /**
     * @param byTimer waits by a timer, also where the kernel waits for nanoseconds
     */
    EpollSet(boolean byTimer) throws IOException {
        fd = MmsgCalls.epollCreate1(capture, EpollConstants.EPOLL_CLOEXEC);
        if (fd < 0) {
            arena.close();
            throw Errno.exception("epoll_create1", -fd);
        }
        Watch made = null;
        try {
            if (byTimer) {
                made = newTimer();
            }
        } catch (Throwable failed) {
            close();
            throw failed;
        }
        timer = made;
    }

    /** Found at first use. */
    private static final class Found {
        static final boolean PWAIT2 = probe();

        /** On no descriptor: a kernel that has the call says that it is a bad one. */
        private static boolean probe() {
            return MmsgCalls.epollPwait2(NativeCalls.threadCapture(), -1, 0, 1, 0) == -Errno.EBADF;
        }
    }

    /** Whether the kernel has {@code epoll_pwait2}, which waits for nanoseconds. Linux 5.11. */
    public static boolean canWaitForNanos() {
        return Found.PWAIT2;
    }

    private Watch newTimer() throws IOException {
        int timerFd = Errno.check("timerfd_create", MmsgCalls.timerfdCreate(
                capture, EpollConstants.CLOCK_MONOTONIC, EpollConstants.TFD_NONBLOCK | EpollConstants.TFD_CLOEXEC));
        Watch made = new Watch(timerFd) {
            @Override
            protected void ready(int readyFor) {
                // It is never read: each expiry is an edge.
            }
        };
        int added = set(made, EpollConstants.EPOLLIN | EpollConstants.EPOLLET);
        if (added < 0) {
            Linux.close(capture, timerFd);
            throw Errno.exception("epoll_ctl", -added);
        }
        return made;
    }

    /**
     * Watches a descriptor, or watches it for something else.
     *
     * @param watchedFor {@code EPOLL*}
     * @return 0, or {@code -errno}: then it is not watched, or as before
     */
    public int set(Watch watch, int watchedFor) {
        if (closed) {
            return -Errno.EBADF;
        }
        boolean fresh = watch.index() == NOWHERE;
        if (fresh) {
            place(watch);
        }
        EpollEvent.events(change, 0, watchedFor);
        EpollEvent.data(change, 0, watch.token());
        int operation = fresh ? EpollConstants.EPOLL_CTL_ADD : EpollConstants.EPOLL_CTL_MOD;
        int result = MmsgCalls.epollCtl(capture, fd, operation, watch.fd(), change.address());
        if (result >= 0) {
            watch.events(watchedFor);
        } else if (fresh) {
            displace(watch);
        }
        return result;
    }

    private void place(Watch watch) {
        int at = free.isEmpty() ? watches.size() : free.removeLast();
        if (at == watches.size()) {
            watches.add(watch);
        } else {
            watches.set(at, watch);
        }
        generation++;
        watch.placed(at, (long) generation << Integer.SIZE | at);
    }

    private void displace(Watch watch) {
        watches.set(watch.index(), null);
        free.add(watch.index());
        watch.placed(NOWHERE, 0);
        watch.events(0);
    }

    /** Watches a descriptor no longer; what was found of it and not told is not told. Before the descriptor is closed. */
    public void remove(Watch watch) {
        if (watch.index() != NOWHERE && !closed) {
            int _ = MmsgCalls.epollCtl(
                    capture, fd, EpollConstants.EPOLL_CTL_DEL, watch.fd(), change.address());
            displace(watch);
        }
    }

    /** Looks what is ready; how many are. */
    public int poll() {
        return checked(MmsgCalls.epollWait(capture, fd, events.address(), MAX_EVENTS, 0));
    }

    /** Waits until something is ready, at most so long; how many are. */
    public int await(long nanos) {
        Watch by = timer;
        if (by == null) {
            KernelTimespec.tvSec(time, 0, nanos / NANOS_A_SECOND);
            KernelTimespec.tvNsec(time, 0, nanos % NANOS_A_SECOND);
            return checked(MmsgCalls.epollPwait2(capture, fd, events.address(), MAX_EVENTS, time.address()));
        }
        if (nanos % NANOS_A_MILLI == 0) {
            int millis = (int) Math.min(nanos / NANOS_A_MILLI, Integer.MAX_VALUE);
            return checked(MmsgCalls.epollWait(capture, fd, events.address(), MAX_EVENTS, millis));
        }
        KernelTimespec.tvSec(time, Itimerspec.VALUE, nanos / NANOS_A_SECOND);
        KernelTimespec.tvNsec(time, Itimerspec.VALUE, nanos % NANOS_A_SECOND);
        int set = MmsgCalls.timerfdSettime(capture, by.fd(), time.address());
        // Rounded up if it cannot be had otherwise.
        long millis = set >= 0 ? -1 : nanos / NANOS_A_MILLI + 1;
        return checked(MmsgCalls.epollWait(
                capture, fd, events.address(), MAX_EVENTS, (int) Math.min(millis, Integer.MAX_VALUE)));
    }

    /** Waits until something is ready; how many are. */
    int awaitForever() {
        return checked(MmsgCalls.epollWait(capture, fd, events.address(), MAX_EVENTS, -1));
    }

    private static int checked(int result) {
        if (result < 0 && result != -Errno.EINTR) {
            throw new IllegalStateException(Errno.message("epoll_wait", -result));
        }
        return Math.max(result, 0);
    }

    /** Tells what {@link #poll} or {@link #await} has found. */
    public void dispatch(int count) {
        for (int i = 0; i < count; i++) {
            long token = EpollEvent.data(events, i * EpollEvent.BYTES);
            Watch watch = watches.get((int) token);
            if (watch == null || watch.token() != token) {
                // Removed by somebody who was told of something else.
                continue;
            }
            try {
                watch.ready(EpollEvent.events(events, i * EpollEvent.BYTES));
            } catch (Throwable t) {
                LOGGER.warn("handling an event failed", t);
            }
        }
    }

    /** Closes the set. Descriptors of watches are their owners' to close. */
    public void close() {
        if (!closed) {
            closed = true;
            if (timer != null) {
                Linux.close(capture, timer.fd());
            }
            Linux.close(capture, fd);
            arena.close();
        }
    }
}
