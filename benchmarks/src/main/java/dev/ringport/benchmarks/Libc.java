// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The few calls of 64-bit Linux that the bench makes itself: the load's sockets, and the one clock of a process that
 * counts nanoseconds. The library's own calls are not used, since the library is what is measured.
 */
@SuppressWarnings("restricted")
final class Libc {
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOBUFS = 105;

    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = bind("socket",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND = bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKNAME = bind(
            "getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = bind(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = bind(
            "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SENDMMSG = bind(
            "sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle RECVMMSG = bind(
            "recvmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOCK_GETTIME = bind(
            "clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private Libc() {}

    private static MethodHandle bind(String name, FunctionDescriptor function) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), function, Linker.Option.captureCallState("errno"));
    }

    /** Memory in which calls leave their errno; one a thread. */
    static MemorySegment newCapture(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    static int errno(MemorySegment capture) {
        return (int) ERRNO.get(capture, 0L);
    }

    static int socket(MemorySegment capture, int domain, int type, int protocol) throws IOException {
        try {
            return checked("socket", capture, (int) SOCKET.invokeExact(capture, domain, type, protocol));
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    static void bind(MemorySegment capture, int fd, MemorySegment address) throws IOException {
        try {
            checked("bind", capture, (int) BIND.invokeExact(capture, fd, address, (int) address.byteSize()));
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    static void getsockname(MemorySegment capture, int fd, MemorySegment address, MemorySegment length)
            throws IOException {
        try {
            checked("getsockname", capture, (int) GETSOCKNAME.invokeExact(capture, fd, address, length));
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    static void setsockopt(MemorySegment capture, int fd, int level, int name, MemorySegment value)
            throws IOException {
        try {
            int bytes = (int) value.byteSize();
            checked(
                    "setsockopt(" + level + ", " + name + ")",
                    capture,
                    (int) SETSOCKOPT.invokeExact(capture, fd, level, name, value, bytes));
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    static void getsockopt(
            MemorySegment capture, int fd, int level, int name, MemorySegment value, MemorySegment length)
            throws IOException {
        try {
            checked(
                    "getsockopt(" + level + ", " + name + ")",
                    capture,
                    (int) GETSOCKOPT.invokeExact(capture, fd, level, name, value, length));
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    /** The number of messages sent; 0 if there is no room or a signal came. */
    static int sendmmsg(MemorySegment capture, int fd, MemorySegment messages, int count, int flags)
            throws IOException {
        try {
            return batch(
                    "sendmmsg", capture, (int) SENDMMSG.invokeExact(capture, fd, messages, count, flags));
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    /** The number of messages received; 0 if there are none or a signal came. */
    static int recvmmsg(MemorySegment capture, int fd, MemorySegment messages, int count, int flags)
            throws IOException {
        try {
            int received = (int) RECVMMSG.invokeExact(capture, fd, messages, count, flags, MemorySegment.NULL);
            return batch("recvmmsg", capture, received);
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    static void close(MemorySegment capture, int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(capture, fd);
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }

    /**
     * CPU time of this process and all its threads in nanoseconds, those of the kernel that work for it included. The
     * JDK's own answer comes in steps of 10 ms.
     */
    static long processCpuNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(JAVA_LONG, 2);
            try {
                int result = (int) CLOCK_GETTIME.invokeExact(newCapture(arena), CLOCK_PROCESS_CPUTIME_ID, time);
                if (result != 0) {
                    throw new IllegalStateException("clock_gettime failed");
                }
            } catch (Throwable thrown) {
                throw new AssertionError(thrown);
            }
            return time.getAtIndex(JAVA_LONG, 0) * 1_000_000_000L + time.getAtIndex(JAVA_LONG, 1);
        }
    }

    private static int batch(String call, MemorySegment capture, int result) throws IOException {
        if (result < 0) {
            int errno = errno(capture);
            if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) {
                return 0;
            }
        }
        return checked(call, capture, result);
    }

    private static int checked(String call, MemorySegment capture, int result) throws IOException {
        if (result < 0) {
            throw new IOException(call + " failed: errno " + errno(capture));
        }
        return result;
    }

    private static IOException rethrown(Throwable thrown) {
        if (thrown instanceof IOException failed) {
            return failed;
        }
        throw new AssertionError(thrown);
    }
}
