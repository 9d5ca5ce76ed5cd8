// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * As {@link ReportAvailability}, under a seccomp filter that answers {@code io_uring_setup} with the error number given.
 * The filter is the calling thread's, and threads made after it inherit it.
 */
public final class RefuseIoUring {
    private static final int SYS_IO_URING_SETUP = 425;
    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SECCOMP_MODE_FILTER = 2;
    private static final int SECCOMP_RET_ALLOW = 0x7fff0000;
    private static final int SECCOMP_RET_ERRNO = 0x00050000;
    private static final short BPF_LD_W_ABS = 0x20;
    private static final short BPF_JMP_JEQ_K = 0x15;
    private static final short BPF_RET_K = 0x06;

    private RefuseIoUring() {}

    public static void main(String[] args) throws Throwable {
        install(Integer.parseInt(args[0]));
        ReportAvailability.main(args);
    }

    @SuppressWarnings("restricted")
    private static void install(int errno) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(4 * Long.BYTES, Long.BYTES);
            // struct seccomp_data begins with the number of the system call.
            instruction(filter, 0, BPF_LD_W_ABS, 0, 0);
            instruction(filter, 1, BPF_JMP_JEQ_K, 1, SYS_IO_URING_SETUP);
            instruction(filter, 2, BPF_RET_K, 0, SECCOMP_RET_ALLOW);
            instruction(filter, 3, BPF_RET_K, 0, SECCOMP_RET_ERRNO | errno);
            MemorySegment program = arena.allocate(2 * Long.BYTES, Long.BYTES);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) 4);
            program.set(ValueLayout.JAVA_LONG, Long.BYTES, filter.address());
            int privileges = (int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
            int filtered = (int) prctl.invokeExact(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address(), 0L, 0L);
            if (privileges != 0 || filtered != 0) {
                throw new IllegalStateException("no seccomp filter: prctl answered " + privileges + ", " + filtered);
            }
        }
    }

    /** {@code struct sock_filter}: code, jump if true, jump if false, operand. */
    private static void instruction(MemorySegment filter, int index, short code, int jumpIfTrue, int operand) {
        long at = (long) index * Long.BYTES;
        filter.set(ValueLayout.JAVA_SHORT, at, code);
        filter.set(ValueLayout.JAVA_BYTE, at + 2, (byte) jumpIfTrue);
        filter.set(ValueLayout.JAVA_INT, at + 4, operand);
    }
}
