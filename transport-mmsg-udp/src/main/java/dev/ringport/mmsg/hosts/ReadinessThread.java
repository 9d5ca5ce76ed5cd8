// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.abi.EpollEvent;
import dev.ringport.mmsg.abi.MmsgCalls;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of the process that waits for the sockets of channels whose loops cannot. It reads and sends nothing: it
 * tells, once each time that it was asked. It is there as long as a channel needs it, and a second longer.
 */
final class ReadinessThread implements Runnable {
    /** The name of the thread. */
    static final String NAME = "ringport-mmsg-readiness";

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ReadinessThread.class);
    private static final int MAX_EVENTS = 256;
    private static final int LINGER_MILLIS = 1000;
    private static final int FOR_EVER = -1;
    /** Before a loop whose queue was full is asked again. */
    private static final int RETRY_MILLIS = 1;
    private static final long WAKE_UP = 0;
    private static final Object LOCK = new Object();

    /** Guarded by the lock. */
    private static @Nullable ReadinessThread running;

    /** Who is told. */
    interface Told {
        /**
         * The socket is ready. On the readiness thread: it must not wait.
         *
         * @return false if the loop has no room for the turn now: {@link #again} is called soon
         */
        boolean told(int readyFor);

        /** As {@link #told}, of what was told before. */
        boolean again();
    }

    private final int epoll;
    private final int eventfd;
    private final Map<Long, Told> all = new ConcurrentHashMap<>();
    /** Whose loops had no room for their turn. Used by the thread only. */
    private final ArrayDeque<Told> refused = new ArrayDeque<>();
    /** Guarded by the lock. */
    private long lastId = WAKE_UP;

    private ReadinessThread() throws IOException {
        MemorySegment capture = NativeCalls.threadCapture();
        epoll = Errno.check("epoll_create1", MmsgCalls.epollCreate1(capture, EpollConstants.EPOLL_CLOEXEC));
        eventfd = Linux.eventfd(capture, 0, SocketConstants.EFD_NONBLOCK | SocketConstants.EFD_CLOEXEC);
        int added = eventfd < 0
                ? eventfd
                : change(
                        EpollConstants.EPOLL_CTL_ADD, eventfd, EpollConstants.EPOLLIN | EpollConstants.EPOLLET, WAKE_UP,
                        Arena.ofAuto().allocate(EpollEvent.LAYOUT));
        if (added < 0) {
            close();
            throw Errno.exception("eventfd", -added);
        }
    }

    private int change(int operation, int fd, int events, long id, MemorySegment event) {
        EpollEvent.events(event, 0, events);
        EpollEvent.data(event, 0, id);
        try {
            return MmsgCalls.epollCtl(NativeCalls.threadCapture(), epoll, operation, fd, event.address());
        } finally {
            // The collector frees it, and an address keeps nothing alive.
            Reference.reachabilityFence(event);
        }
    }

    /**
     * A socket is to be watched, by a thread that is started if there is none.
     *
     * @throws IOException if it could not be
     */
    static Ticket join(Told who, int fd) throws IOException {
        synchronized (LOCK) {
            ReadinessThread thread = running;
            if (thread == null) {
                thread = started();
                running = thread;
            }
            long id = ++thread.lastId;
            thread.all.put(id, who);
            return new Ticket(thread, fd, id);
        }
    }

    private static ReadinessThread started() throws IOException {
        ReadinessThread made = new ReadinessThread();
        try {
            Thread.ofPlatform().name(NAME).daemon().inheritInheritableThreadLocals(false).start(made);
        } catch (Throwable noThread) {
            made.close();
            throw noThread;
        }
        return made;
    }

    /** A socket that is watched. */
    static final class Ticket {
        private final ReadinessThread thread;
        private final int fd;
        private final long id;
        private final MemorySegment event = Arena.ofAuto().allocate(EpollEvent.LAYOUT);
        private boolean added;

        Ticket(ReadinessThread thread, int fd, long id) {
            this.thread = thread;
            this.fd = fd;
            this.id = id;
        }

        /** Asks to be told once; the answer is 0 or {@code -errno}. On the channel's loop. */
        int tellOnce(int events) {
            int operation = added ? EpollConstants.EPOLL_CTL_MOD : EpollConstants.EPOLL_CTL_ADD;
            int result = thread.change(operation, fd, events | EpollConstants.EPOLLONESHOT, id, event);
            added |= result >= 0;
            return result;
        }

        /** Before the descriptor is closed. On the channel's loop, once. */
        void leave() {
            if (added) {
                int _ = thread.change(EpollConstants.EPOLL_CTL_DEL, fd, 0, id, event);
            }
            synchronized (LOCK) {
                thread.all.remove(id);
                if (thread.all.isEmpty()) {
                    // It may wait for ever; now it lingers.
                    Linux.eventfdWrite(NativeCalls.threadCapture(), thread.eventfd, 1);
                }
            }
        }
    }

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
            MemorySegment events = arena.allocate(MAX_EVENTS * EpollEvent.BYTES, Long.BYTES);
            int found;
            do {
                found = MmsgCalls.epollWait(capture, epoll, events.address(), MAX_EVENTS, patience());
                tellAgain();
                tell(events, found);
            } while (found != 0 || !refused.isEmpty() || !endedIfUnused());
        }
    }

    private int patience() {
        if (!refused.isEmpty()) {
            return RETRY_MILLIS;
        }
        return all.isEmpty() ? LINGER_MILLIS : FOR_EVER;
    }

    private void tellAgain() {
        for (int i = refused.size(); i > 0; i--) {
            Told who = refused.remove();
            try {
                if (!who.again()) {
                    refused.add(who);
                }
            } catch (Throwable t) {
                LOGGER.warn("handing a turn to an event loop failed", t);
            }
        }
    }

    private void tell(MemorySegment events, int found) {
        if (found < 0 && found != -Errno.EINTR) {
            LOGGER.warn(Errno.message("epoll_wait", -found));
            LockSupport.parkNanos(this, LINGER_MILLIS * 1_000_000L);
        }
        for (int i = 0; i < found; i++) {
            // One that has left is told no more.
            Told who = all.get(EpollEvent.data(events, i * EpollEvent.BYTES));
            if (who != null) {
                try {
                    if (!who.told(EpollEvent.events(events, i * EpollEvent.BYTES))) {
                        refused.add(who);
                    }
                } catch (Throwable t) {
                    LOGGER.warn("handing a turn to an event loop failed", t);
                }
            }
        }
    }

    private boolean endedIfUnused() {
        synchronized (LOCK) {
            if (!all.isEmpty()) {
                return false;
            }
            running = null;
            close();
            return true;
        }
    }

    private void close() {
        MemorySegment capture = NativeCalls.threadCapture();
        Linux.close(capture, epoll);
        if (eventfd >= 0) {
            Linux.close(capture, eventfd);
        }
    }
}
