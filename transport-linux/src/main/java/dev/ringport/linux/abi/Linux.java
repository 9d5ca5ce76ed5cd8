// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.Signature;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls. Each takes the caller's capture segment and answers the call's result or {@code -errno}. Pointers
 * are passed as numbers: the caller keeps the memory alive over the call.
 */
public final class Linux {
    private static final MethodHandle SYSCALL = NativeCalls.capturingErrno(
            "syscall", arguments(7), NativeCalls.variadicFrom(1));
    private static final MethodHandle MMAP = of("mmap", 6);
    private static final MethodHandle MUNMAP = of("munmap", 2);
    private static final MethodHandle SOCKET = of("socket", 3);
    private static final MethodHandle BIND = of("bind", 3);
    private static final MethodHandle CONNECT = of("connect", 3);
    private static final MethodHandle GETSOCKOPT = of("getsockopt", 5);
    private static final MethodHandle SETSOCKOPT = of("setsockopt", 5);
    private static final MethodHandle GETSOCKNAME = of("getsockname", 3);
    private static final MethodHandle GETPEERNAME = of("getpeername", 3);
    private static final MethodHandle CLOSE = of("close", 1);
    private static final MethodHandle EVENTFD = of("eventfd", 2);
    private static final MethodHandle EVENTFD_WRITE = of("eventfd_write", 2);

    /** Linked when first needed: a shape that no datagram waits for. */
    private static final class Ioctl {
        static final MethodHandle IOCTL = NativeCalls.capturingErrno("ioctl", arguments(3),
                NativeCalls.variadicFrom(2));
    }

    /** Linked when first needed. */
    private static final class Recv {
        static final MethodHandle RECV = of("recv", 4);
    }

    private Linux() {}

    /**
     * Every argument and result is a number of 64 bits: on the ABIs of 64-bit Linux an {@code int} travels as one, and what
     * is above its 32 bits is ignored. So functions with as many arguments share one shape of call, each of which takes the
     * JVM some 10 ms to make at start.
     */
    private static FunctionDescriptor arguments(int count) {
        return Signature.of("J" + "J".repeat(count));
    }

    private static MethodHandle of(String name, int count) {
        return NativeCalls.capturingErrno(name, arguments(count));
    }

    /** A function of the C library with so many arguments, for calls that one transport alone makes. */
    public static MethodHandle function(String name, int count) {
        return of(name, count);
    }

    /** The answer of a function that answers an {@code int}: its result, or {@code -errno}. */
    public static int result(long result, MemorySegment capture) {
        return (int) result < 0 ? -NativeCalls.errno(capture) : (int) result;
    }

    private static AssertionError impossible(Throwable t) {
        return new AssertionError("a downcall does not throw", t);
    }

    /** {@code syscall(2)}, for what has no function in every C library. */
    public static int syscall(
            MemorySegment capture, long number, long first, long second, long third, long fourth, long fifth,
            long sixth) {
        try {
            return result(
                    (long) SYSCALL.invokeExact(capture, number, first, second, third, fourth, fifth, sixth), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code mmap(2)} at an address of the kernel's choice: the address, or {@code -errno}. */
    public static long mmap(MemorySegment capture, long bytes, int protection, int flags, int fd, long offset) {
        try {
            long result = (long) MMAP.invokeExact(
                    capture, 0L, bytes, (long) protection, (long) flags, (long) fd, offset);
            return result == -1 ? -NativeCalls.errno(capture) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code munmap(2)}. */
    public static int munmap(MemorySegment capture, long address, long bytes) {
        try {
            return result((long) MUNMAP.invokeExact(capture, address, bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code socket(2)}: the descriptor. */
    public static int socket(MemorySegment capture, int domain, int type, int protocol) {
        try {
            return result((long) SOCKET.invokeExact(capture, (long) domain, (long) type, (long) protocol), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code bind(2)}. */
    public static int bind(MemorySegment capture, int fd, MemorySegment address, int bytes) {
        try {
            return result((long) BIND.invokeExact(capture, (long) fd, address.address(), (long) bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code connect(2)}. */
    public static int connect(MemorySegment capture, int fd, MemorySegment address, int bytes) {
        try {
            return result((long) CONNECT.invokeExact(capture, (long) fd, address.address(), (long) bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code getsockopt(2)}; {@code length} is a {@code socklen_t} in and out. */
    public static int getsockopt(
            MemorySegment capture, int fd, int level, int name, MemorySegment value, MemorySegment length) {
        try {
            return result(
                    (long) GETSOCKOPT.invokeExact(
                            capture, (long) fd, (long) level, (long) name, value.address(), length.address()),
                    capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code setsockopt(2)}. */
    public static int setsockopt(MemorySegment capture, int fd, int level, int name, MemorySegment value, int bytes) {
        try {
            return result((long) SETSOCKOPT.invokeExact(
                    capture, (long) fd, (long) level, (long) name, value.address(), (long) bytes), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code getsockname(2)}; {@code length} is a {@code socklen_t} in and out. */
    public static int getsockname(MemorySegment capture, int fd, MemorySegment address, MemorySegment length) {
        try {
            return result((long) GETSOCKNAME.invokeExact(
                    capture, (long) fd, address.address(), length.address()), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code getpeername(2)}; {@code length} is a {@code socklen_t} in and out. */
    public static int getpeername(MemorySegment capture, int fd, MemorySegment address, MemorySegment length) {
        try {
            return result((long) GETPEERNAME.invokeExact(
                    capture, (long) fd, address.address(), length.address()), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code recv(2)}: how many bytes it has read. */
    public static int recv(MemorySegment capture, int fd, long buffer, long bytes, int flags) {
        try {
            return result((long) Recv.RECV.invokeExact(capture, (long) fd, buffer, bytes, (long) flags), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code close(2)}. The descriptor is gone, whatever the answer. */
    public static int close(MemorySegment capture, int fd) {
        try {
            return result((long) CLOSE.invokeExact(capture, (long) fd), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code eventfd(2)}: the descriptor. */
    public static int eventfd(MemorySegment capture, int initial, int flags) {
        try {
            return result((long) EVENTFD.invokeExact(capture, (long) initial, (long) flags), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code eventfd_write(3)}. */
    public static int eventfdWrite(MemorySegment capture, int fd, long value) {
        try {
            return result((long) EVENTFD_WRITE.invokeExact(capture, (long) fd, value), capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** {@code ioctl(2)} with a pointer. */
    public static int ioctl(MemorySegment capture, int fd, int request, MemorySegment argument) {
        try {
            return result((long) Ioctl.IOCTL.invokeExact(capture, (long) fd, (long) request, argument.address()),
                    capture);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }
}
