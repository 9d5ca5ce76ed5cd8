// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Iovec;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.mmsg.abi.Mmsghdr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/**
 * Finds out by doing whether this system lets the process send and receive many messages a call and wait for them,
 * between two sockets of its own that need no network.
 */
public final class Probe {
    private static final int ROOM = 128;
    private static final int MESSAGES = 2;

    /** A call that the transport cannot do without was refused. */
    @SuppressWarnings("serial") // never written
    public static final class RefusedException extends IOException {
        private final int errno;

        RefusedException(String call, int errno) {
            super(Errno.message(call, errno));
            this.errno = errno;
        }

        /** The error number. */
        public int errno() {
            return errno;
        }
    }

    private Probe() {}

    /** Runs the probe on the calling thread. */
    public static void run() throws IOException {
        MemorySegment capture = NativeCalls.threadCapture();
        int type = SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_CLOEXEC;
        int receiver = check("socket(AF_UNIX)", Linux.socket(capture, SocketConstants.AF_UNIX, type, 0));
        try {
            int sender = check("socket(AF_UNIX)", Linux.socket(capture, SocketConstants.AF_UNIX, type, 0));
            try (Arena arena = Arena.ofConfined()) {
                exchange(arena, capture, receiver, sender);
            } finally {
                Linux.close(capture, sender);
            }
        } finally {
            Linux.close(capture, receiver);
        }
    }

    private static void exchange(Arena arena, MemorySegment capture, int receiver, int sender) throws IOException {
        MemorySegment address = arena.allocate(ROOM, Long.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketConstants.AF_UNIX);
        // A family alone: the kernel chooses a name (unix(7), autobind).
        check("bind(AF_UNIX)", Linux.bind(capture, receiver, address, Short.BYTES));
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ROOM);
        check("getsockname", Linux.getsockname(capture, receiver, address, length));
        check("epoll_create1", wouldCreate(capture));
        EpollSet set = new EpollSet();
        try {
            WakeUp wakeUp = new WakeUp(set);
            wakeUp.close();
            Watch watch = new Watch(receiver) {
                @Override
                protected void ready(int readyFor) {}
            };
            check("epoll_ctl", set.set(watch, EpollConstants.EPOLLIN));
            MemorySegment payload = arena.allocate(MESSAGES);
            check("sendmmsg", MmsgCalls.sendmmsg(
                    capture, sender,
                    messages(arena, payload, address.address(), length.get(ValueLayout.JAVA_INT, 0)).address(),
                    MESSAGES, SocketConstants.MSG_DONTWAIT));
            if (set.await(TimeUnit.SECONDS.toNanos(1)) < 1) {
                throw new RefusedException("epoll_wait", Errno.ETIME);
            }
            int received = check("recvmmsg", MmsgCalls.recvmmsg(
                    capture, receiver, messages(arena, payload, 0, 0).address(), MESSAGES,
                    SocketConstants.MSG_DONTWAIT));
            if (received != MESSAGES) {
                throw new RefusedException("recvmmsg", Errno.EIO);
            }
        } finally {
            set.close();
        }
    }

    /** Asked first, since the set's own failure has no number. */
    private static int wouldCreate(MemorySegment capture) {
        int fd = MmsgCalls.epollCreate1(capture, EpollConstants.EPOLL_CLOEXEC);
        return fd < 0 ? fd : Linux.close(capture, fd);
    }

    /** Of a byte each. */
    private static MemorySegment messages(Arena arena, MemorySegment payload, long name, int nameBytes) {
        MemorySegment headers = arena.allocate(MESSAGES * Mmsghdr.BYTES, Long.BYTES);
        MemorySegment iovecs = arena.allocate(MESSAGES * Iovec.BYTES, Long.BYTES);
        for (int i = 0; i < MESSAGES; i++) {
            Iovec.iovBase(iovecs, i * Iovec.BYTES, payload.address() + i);
            Iovec.iovLen(iovecs, i * Iovec.BYTES, 1);
            Msghdr.msgName(headers, i * Mmsghdr.BYTES, name);
            Msghdr.msgNamelen(headers, i * Mmsghdr.BYTES, nameBytes);
            Msghdr.msgIov(headers, i * Mmsghdr.BYTES, iovecs.address() + i * Iovec.BYTES);
            Msghdr.msgIovlen(headers, i * Mmsghdr.BYTES, 1);
        }
        return headers;
    }

    private static int check(String call, int result) throws RefusedException {
        if (result < 0) {
            throw new RefusedException(call, -result);
        }
        return result;
    }
}
