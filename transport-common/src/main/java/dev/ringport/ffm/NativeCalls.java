// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Downcall handles that capture the thread's error number.
 *
 * <p>A handle takes the capture segment as its first argument. The loop's own calls pass the handler's segment;
 * every other thread passes {@link #threadCapture()}. Sharing one between threads is a race, and an arena cannot
 * close while a call holds one of its segments.
 */
public final class NativeCalls {
    private static final Linker LINKER = Linker.nativeLinker();

    /** The layout of a capture segment on this system ({@code errno}; on Windows also two last-error fields). */
    public static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> THREAD_CAPTURE = ThreadLocal
            .withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private NativeCalls() {}

    /**
     * Binds a function of the C library.
     *
     * @param name the C name
     * @param function its signature, without the capture segment
     * @param extra further linker options, such as {@link #variadicFrom(int)}
     * @return a handle whose first argument is the capture segment
     * @throws IllegalCallerException if native access is denied to this module; the message names the flag
     * @throws UnsatisfiedLinkError if the C library has no such function
     */
    @SuppressWarnings("restricted")
    public static MethodHandle capturingErrno(String name, FunctionDescriptor function, Linker.Option... extra) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no function " + name));
        List<Linker.Option> options = new ArrayList<>(List.of(extra));
        options.add(Linker.Option.captureCallState("errno"));
        try {
            return LINKER.downcallHandle(symbol, function, options.toArray(Linker.Option[]::new));
        } catch (IllegalCallerException denied) {
            throw new IllegalCallerException(accessDenied(), denied);
        }
    }

    /**
     * The option for a variadic C function such as {@code syscall} or {@code ioctl}.
     *
     * @param index the index of the first variadic argument, the capture segment not counted
     */
    public static Linker.Option variadicFrom(int index) {
        return Linker.Option.firstVariadicArg(index);
    }

    /** The error number that the last call with this capture segment left. */
    public static int errno(MemorySegment capture) {
        return (int) ERRNO.get(capture, 0L);
    }

    /** A capture segment of the calling thread, freed by the collector after the thread has ended. */
    public static MemorySegment threadCapture() {
        return THREAD_CAPTURE.get();
    }

    /** What to tell a user whose JVM denies native access: the exact flag to pass. */
    static String accessDenied() {
        Module module = NativeCalls.class.getModule();
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return "native access is denied to Ringport: start java with --enable-native-access=" + name;
    }

    /**
     * Makes one restricted call for nothing but its answer.
     *
     * @throws IllegalCallerException if native access is denied; the message names the flag to pass
     */
    public static void ensureNativeAccess() {
        capturingErrno("getpid", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }
}
