// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import dev.ringport.linux.abi.Linux;
import java.lang.foreign.MemorySegment;

/**
 * io_uring's system calls. They have no function in the C library and go through {@code syscall(2)}; their numbers are
 * the same on every architecture that a JDK 25 runs on.
 */
public final class IoUringCalls {
    private static final long SYS_IO_URING_SETUP = 425;
    private static final long SYS_IO_URING_ENTER = 426;
    private static final long SYS_IO_URING_REGISTER = 427;

    private IoUringCalls() {}

    /** {@code io_uring_setup(2)}: the ring's descriptor. */
    public static int ioUringSetup(MemorySegment capture, int entries, MemorySegment params) {
        return Linux.syscall(capture, SYS_IO_URING_SETUP, entries, params.address(), 0, 0, 0, 0);
    }

    /** {@code io_uring_enter(2)}: the number of entries submitted. Blocks if it is to wait. */
    public static int ioUringEnter(
            MemorySegment capture, int fd, int toSubmit, int minComplete, int flags, long arg, long argBytes) {
        return Linux.syscall(capture, SYS_IO_URING_ENTER, fd, toSubmit, minComplete, flags, arg, argBytes);
    }

    /** {@code io_uring_register(2)}. */
    public static int ioUringRegister(MemorySegment capture, int fd, int opcode, long arg, int count) {
        return Linux.syscall(capture, SYS_IO_URING_REGISTER, fd, opcode, arg, count, 0, 0);
    }
}
