// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

import dev.ringport.linux.abi.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls. Each takes the caller's capture segment and answers the call's result or {@code -errno}. Pointers are passed
 * as numbers: the caller keeps the memory alive over the call.
 *
 * <p>Those for many messages go past the C library, because musl's {@code sendmmsg} sends one by one; their numbers are the
 * architecture's. {@code epoll_pwait2} has the same number everywhere and is not in every C library.
 */
public final class MmsgCalls {
    private static final int RECVMMSG = 0;
    private static final int SENDMMSG = 1;
    private static final int[] NUMBERS = numbers(System.getProperty("os.arch"));
    private static final long SYS_EPOLL_PWAIT2 = 441;

    private static final MethodHandle EPOLL_CREATE1 = Linux.function("epoll_create1", 1);
    private static final MethodHandle EPOLL_CTL = Linux.function("epoll_ctl", 4);
    private static final MethodHandle EPOLL_WAIT = Linux.function("epoll_wait", 4);
    private static final MethodHandle SENDTO = Linux.function("sendto", 6);

    /** Linked when first needed: where {@code epoll_pwait2} is missing. */
    private static final class Timers {
        static final MethodHandle TIMERFD_CREATE = Linux.function("timerfd_create", 2);
        static final MethodHandle TIMERFD_SETTIME = Linux.function("timerfd_settime", 4);
    }

    private MmsgCalls() {}

    /** {@code recvmmsg} and {@code sendmmsg}; none if the architecture is not known. */
    private static int[] numbers(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> new int[]{299, 307};
            case "aarch64", "riscv64", "loongarch64" -> new int[]{243, 269};
            case "ppc64le", "ppc64" -> new int[]{343, 349};
            case "s390x" -> new int[]{357, 358};
            default -> new int[0];
        };
    }

    /** Whether the numbers of the calls for many messages are known on this architecture. */
    public static boolean areKnown() {
        return NUMBERS.length > 0;
    }

    /** The number of {@code recvmmsg}. */
    public static long recvmmsgNumber() {
        return NUMBERS[RECVMMSG];
    }

    /** The number of {@code sendmmsg}. */
    public static long sendmmsgNumber() {
        return NUMBERS[SENDMMSG];
    }

    /** The number of {@code epoll_pwait2}. */
    public static long epollPwait2Number() {
        return SYS_EPOLL_PWAIT2;
    }

    private static AssertionError impossible(Throwable t) {
        return new AssertionError("a downcall does not throw", t);
    }

    /** {@code recvmmsg(2)} without a time-out: how many messages came. */
    public static int recvmmsg(MemorySegment capture, int fd, long messages, int count, int flags) {
        return Linux.syscall(capture, NUMBERS[RECVMMSG], fd, messages, count, flags, 0, 0);
    }

    /** {@code sendmmsg(2)}: how many messages left. */
    public static int sendmmsg(MemorySegment capture, int fd, long messages, int count, int flags) {
        return Linux.syscall(capture, NUMBERS[SENDMMSG], fd, messages, count, flags, 0, 0);
    }

    /** {@code sendto(2)}: how many bytes left. */
    public static int sendto(
            MemorySegment capture, int fd, long buffer, long bytes, int flags, long name, int nameBytes) {
        try {
            return Linux.result(
                    (long) SENDTO.invokeExact(capture, (long) fd, buffer, bytes, (long) flags, name, (long) nameBytes),
                    capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code epoll_create1(2)}: the descriptor. */
    public static int epollCreate1(MemorySegment capture, int flags) {
        try {
            return Linux.result((long) EPOLL_CREATE1.invokeExact(capture, (long) flags), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code epoll_ctl(2)}. */
    public static int epollCtl(MemorySegment capture, int epoll, int operation, int fd, long event) {
        try {
            return Linux.result(
                    (long) EPOLL_CTL.invokeExact(capture, (long) epoll, (long) operation, (long) fd, event), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code epoll_wait(2)}: how many events there are. A time-out of -1 is none. */
    public static int epollWait(MemorySegment capture, int epoll, long events, int count, int millis) {
        try {
            return Linux.result(
                    (long) EPOLL_WAIT.invokeExact(capture, (long) epoll, events, (long) count, (long) millis), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code epoll_pwait2(2)} with no change of the signals: how many events there are. Linux 5.11. */
    public static int epollPwait2(MemorySegment capture, int epoll, long events, int count, long timespec) {
        return Linux.syscall(capture, SYS_EPOLL_PWAIT2, epoll, events, count, timespec, 0, 0);
    }

    /** {@code timerfd_create(2)}: the descriptor. */
    public static int timerfdCreate(MemorySegment capture, int clock, int flags) {
        try {
            return Linux.result(
                    (long) Timers.TIMERFD_CREATE.invokeExact(capture, (long) clock, (long) flags), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code timerfd_settime(2)} of a relative time. */
    public static int timerfdSettime(MemorySegment capture, int fd, long itimerspec) {
        try {
            return Linux.result(
                    (long) Timers.TIMERFD_SETTIME.invokeExact(capture, (long) fd, 0L, itimerspec, 0L), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }
}
