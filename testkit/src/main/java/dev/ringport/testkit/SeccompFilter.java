// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A seccomp filter that answers system calls with an error number, as a container's does. It is the calling thread's, and
 * threads made after it inherit it. For a JVM of its own.
 */
public final class SeccompFilter {
    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SECCOMP_MODE_FILTER = 2;
    private static final int SECCOMP_RET_ALLOW = 0x7fff0000;
    private static final int SECCOMP_RET_ERRNO = 0x00050000;
    private static final short BPF_LD_W_ABS = 0x20;
    private static final short BPF_JMP_JEQ_K = 0x15;
    private static final short BPF_RET_K = 0x06;

    private SeccompFilter() {}

    /**
     * Refuses the calls of these numbers from now on.
     *
     * @throws Throwable if there can be no filter
     */
    @SuppressWarnings("restricted")
    public static void refuse(int errno, int... numbers) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        try (Arena arena = Arena.ofConfined()) {
            int instructions = numbers.length + 3;
            MemorySegment filter = arena.allocate((long) instructions * Long.BYTES, Long.BYTES);
            // struct seccomp_data begins with the number of the system call.
            instruction(filter, 0, BPF_LD_W_ABS, 0, 0);
            for (int i = 0; i < numbers.length; i++) {
                instruction(filter, i + 1, BPF_JMP_JEQ_K, numbers.length - i, numbers[i]);
            }
            instruction(filter, numbers.length + 1, BPF_RET_K, 0, SECCOMP_RET_ALLOW);
            instruction(filter, numbers.length + 2, BPF_RET_K, 0, SECCOMP_RET_ERRNO | errno);
            MemorySegment program = arena.allocate(2 * Long.BYTES, Long.BYTES);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) instructions);
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
