// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Downcall handles that capture the thread's error number, and stubs that native code calls.
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

    /** Members that the capture segment has on Windows alone. */
    private static final class WindowsState {
        static final VarHandle LAST_ERROR = member(ErrorState.LAST_ERROR);
        static final VarHandle WSA_LAST_ERROR = member(ErrorState.WSA_LAST_ERROR);

        private static VarHandle member(ErrorState errors) {
            return CAPTURE.varHandle(MemoryLayout.PathElement.groupElement(errors.member()));
        }
    }

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
    public static MethodHandle capturingErrno(String name, FunctionDescriptor function, Linker.Option... extra) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no function " + name));
        return bind(symbol, function, ErrorState.ERRNO, extra);
    }

    /**
     * Binds a function by its address, such as one that the system handed out as a pointer.
     *
     * @param symbol where the function starts
     * @param function its signature, without the capture segment
     * @param errors what the capture segment gets; with {@link ErrorState#NONE} the handle takes none
     * @throws IllegalCallerException if native access is denied to this module; the message names the flag
     */
    @SuppressWarnings("restricted")
    public static MethodHandle bind(
            MemorySegment symbol, FunctionDescriptor function, ErrorState errors, Linker.Option... extra) {
        List<Linker.Option> options = new ArrayList<>(List.of(extra));
        if (errors != ErrorState.NONE) {
            options.add(Linker.Option.captureCallState(errors.member()));
        }
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

    /** What {@code GetLastError} told after the last call with this capture segment. Windows only. */
    public static int lastError(MemorySegment capture) {
        return (int) WindowsState.LAST_ERROR.get(capture, 0L);
    }

    /** What {@code WSAGetLastError} told after the last call with this capture segment. Windows only. */
    public static int wsaLastError(MemorySegment capture) {
        return (int) WindowsState.WSA_LAST_ERROR.get(capture, 0L);
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
     * A function that native code can call, for the life of the process.
     *
     * <p>An exception that leaves the target ends the JVM: it catches {@link Throwable}.
     *
     * @param target takes and answers what the signature says
     * @return its address
     * @throws IllegalCallerException if native access is denied to this module; the message names the flag
     */
    @SuppressWarnings("restricted")
    public static long upcall(MethodHandle target, FunctionDescriptor function) {
        try {
            return LINKER.upcallStub(target, function, Arena.global()).address();
        } catch (IllegalCallerException denied) {
            throw new IllegalCallerException(accessDenied(), denied);
        }
    }

    /**
     * Makes one restricted call for nothing but its answer.
     *
     * @throws IllegalCallerException if native access is denied; the message names the flag to pass
     */
    @SuppressWarnings("restricted")
    public static void ensureNativeAccess() {
        try {
            MemorySegment _ = MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException denied) {
            throw new IllegalCallerException(accessDenied(), denied);
        }
    }
}
