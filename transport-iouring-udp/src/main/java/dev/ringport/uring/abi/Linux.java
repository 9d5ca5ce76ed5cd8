// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.Signature;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls. Each takes the caller's capture segment and answers the call's result or {@code -errno}. Pointers
 * are passed as numbers: the caller keeps the memory alive over the call.
 *
 * <p>io_uring's three calls have no function in the C library and go through {@code syscall(2)}; their numbers are the
 * same on every architecture that a JDK 25 runs on.
 */
public final class Linux {
    private static final long SYS_IO_URING_SETUP = 425;
    private static final long SYS_IO_URING_ENTER = 426;
    private static final long SYS_IO_URING_REGISTER = 427;

    private static final MethodHandle SYSCALL2 = syscall(2);
    private static final MethodHandle SYSCALL4 = syscall(4);
    private static final MethodHandle SYSCALL6 = syscall(6);
    private static final MethodHandle MMAP = of("mmap", "JJJIIIJ");
    private static final MethodHandle MUNMAP = of("munmap", "IJJ");
    private static final MethodHandle SOCKET = of("socket", "IIII");
    private static final MethodHandle BIND = of("bind", "IIJI");
    private static final MethodHandle CONNECT = of("connect", "IIJI");
    private static final MethodHandle GETSOCKOPT = of("getsockopt", "IIIIJJ");
    private static final MethodHandle SETSOCKOPT = of("setsockopt", "IIIIJI");
    private static final MethodHandle GETSOCKNAME = of("getsockname", "IIJJ");
    private static final MethodHandle GETPEERNAME = of("getpeername", "IIJJ");
    private static final MethodHandle RECV = of("recv", "JIJJI");
    private static final MethodHandle CLOSE = of("close", "II");
    private static final MethodHandle EVENTFD = of("eventfd", "III");
    private static final MethodHandle EVENTFD_WRITE = of("eventfd_write", "IIJ");
    private static final MethodHandle IOCTL = NativeCalls.capturingErrno(
            "ioctl",
            Signature.of("IIJJ"),
            NativeCalls.variadicFrom(2));

    private Linux() {}

    private static MethodHandle syscall(int arguments) {
        return NativeCalls.capturingErrno(
                "syscall", Signature.of("JJ" + "J".repeat(arguments)), NativeCalls.variadicFrom(1));
    }

    private static MethodHandle of(String name, String signature) {
        return NativeCalls.capturingErrno(name, Signature.of(signature));
    }

    private static int result(int result, MemorySegment capture) {
        return result < 0 ? -NativeCalls.errno(capture) : result;
    }

    private static AssertionError impossible(Throwable t) {
        return new AssertionError("a downcall does not throw", t);
    }

    /** {@code io_uring_setup(2)}: the ring's descriptor. */
    public static int ioUringSetup(MemorySegment capture, int entries, MemorySegment params) {
        try {
            long result = (long) SYSCALL2.invokeExact(capture, SYS_IO_URING_SETUP, (long) entries, params.address());
            return result((int) result, capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code io_uring_enter(2)}: the number of entries submitted. Blocks if it is to wait. */
    public static int ioUringEnter(
            MemorySegment capture, int fd, int toSubmit, int minComplete, int flags, long arg, long argBytes) {
        try {
            long result = (long) SYSCALL6.invokeExact(
                    capture, SYS_IO_URING_ENTER, (long) fd, (long) toSubmit, (long) minComplete, (long) flags, arg,
                    argBytes);
            return result((int) result, capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code io_uring_register(2)}. */
    public static int ioUringRegister(MemorySegment capture, int fd, int opcode, long arg, int count) {
        try {
            long result = (long) SYSCALL4.invokeExact(
                    capture, SYS_IO_URING_REGISTER, (long) fd, (long) opcode, arg, (long) count);
            return result((int) result, capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code mmap(2)} at an address of the kernel's choice: the address, or {@code -errno}. */
    public static long mmap(MemorySegment capture, long bytes, int protection, int flags, int fd, long offset) {
        try {
            long result = (long) MMAP.invokeExact(capture, 0L, bytes, protection, flags, fd, offset);
            return result == -1 ? -NativeCalls.errno(capture) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code munmap(2)}. */
    public static int munmap(MemorySegment capture, long address, long bytes) {
        try {
            return result((int) MUNMAP.invokeExact(capture, address, bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code socket(2)}: the descriptor. */
    public static int socket(MemorySegment capture, int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(capture, domain, type, protocol), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code bind(2)}. */
    public static int bind(MemorySegment capture, int fd, MemorySegment address, int bytes) {
        try {
            return result((int) BIND.invokeExact(capture, fd, address.address(), bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code connect(2)}. */
    public static int connect(MemorySegment capture, int fd, MemorySegment address, int bytes) {
        try {
            return result((int) CONNECT.invokeExact(capture, fd, address.address(), bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code getsockopt(2)}; {@code length} is a {@code socklen_t} in and out. */
    public static int getsockopt(
            MemorySegment capture, int fd, int level, int name, MemorySegment value, MemorySegment length) {
        try {
            return result(
                    (int) GETSOCKOPT.invokeExact(capture, fd, level, name, value.address(), length.address()), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code setsockopt(2)}. */
    public static int setsockopt(MemorySegment capture, int fd, int level, int name, MemorySegment value, int bytes) {
        try {
            return result((int) SETSOCKOPT.invokeExact(capture, fd, level, name, value.address(), bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code getsockname(2)}; {@code length} is a {@code socklen_t} in and out. */
    public static int getsockname(MemorySegment capture, int fd, MemorySegment address, MemorySegment length) {
        try {
            return result((int) GETSOCKNAME.invokeExact(capture, fd, address.address(), length.address()), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code getpeername(2)}; {@code length} is a {@code socklen_t} in and out. */
    public static int getpeername(MemorySegment capture, int fd, MemorySegment address, MemorySegment length) {
        try {
            return result((int) GETPEERNAME.invokeExact(capture, fd, address.address(), length.address()), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code recv(2)}: how many bytes it has read. */
    public static int recv(MemorySegment capture, int fd, long buffer, long bytes, int flags) {
        try {
            return result((int) (long) RECV.invokeExact(capture, fd, buffer, bytes, flags), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code close(2)}. The descriptor is gone, whatever the answer. */
    public static int close(MemorySegment capture, int fd) {
        try {
            return result((int) CLOSE.invokeExact(capture, fd), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code eventfd(2)}: the descriptor. */
    public static int eventfd(MemorySegment capture, int initial, int flags) {
        try {
            return result((int) EVENTFD.invokeExact(capture, initial, flags), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code eventfd_write(3)}. */
    public static int eventfdWrite(MemorySegment capture, int fd, long value) {
        try {
            return result((int) EVENTFD_WRITE.invokeExact(capture, fd, value), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code ioctl(2)} with a pointer. */
    public static int ioctl(MemorySegment capture, int fd, int request, MemorySegment argument) {
        try {
            return result((int) IOCTL.invokeExact(capture, fd, (long) request, argument.address()), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }
}
