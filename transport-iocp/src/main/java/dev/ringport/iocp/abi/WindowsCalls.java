// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** All that the transport calls of Windows: the one place where a test puts something between. */
public record WindowsCalls(
        Kernel32 kernel32, Winsock winsock, WinsockExtensions extensions, Qwave qwave, Ntdll ntdll) {
    /** The value of {@code INVALID_HANDLE_VALUE} and {@code INVALID_SOCKET}. */
    public static final long INVALID = -1;
    /** Winsock 2.2, the version that {@code WSAStartup} is asked for. */
    public static final int WINSOCK_VERSION = 0x0202;
    private static final UnaryOperator<WindowsCalls> NOTHING = UnaryOperator.identity();
    /** What stands between; null once {@link #system} has been asked. */
    private static final AtomicReference<@Nullable UnaryOperator<WindowsCalls>> BETWEEN = new AtomicReference<>(
            NOTHING);

    /** Made at first use: a class initialiser runs once and other threads wait for it. */
    private static final class Native {
        static final WindowsCalls SYSTEM = make();

        private static WindowsCalls make() {
            Kernel32 kernel32 = new NativeKernel32();
            Winsock winsock = new NativeWinsock();
            startUp(winsock);
            WindowsCalls system = new WindowsCalls(
                    kernel32, winsock, new NativeWinsockExtensions(), qwave(), new NativeNtdll());
            UnaryOperator<WindowsCalls> between = BETWEEN.getAndSet(null);
            return between == null ? system : between.apply(system);
        }

        /** For the life of the process: nobody can say when the last socket of a transport is gone. */
        private static void startUp(Winsock winsock) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment data = arena.allocate(WsaData.LAYOUT);
                int result = winsock.wsaStartup(WINSOCK_VERSION, data.address());
                if (result < 0) {
                    throw new UnsatisfiedLinkError("WSAStartup failed: " + WindowsErrors.describe(-result));
                }
                if (WsaData.wVersion(data, 0) != WINSOCK_VERSION) {
                    throw new UnsatisfiedLinkError("this system has no Winsock 2.2");
                }
            }
        }

        private static Qwave qwave() {
            try {
                return new NativeQwave();
            } catch (UnsatisfiedLinkError absent) {
                return new AbsentQwave();
            }
        }
    }

    /** Whether this system has {@code qwave}. Calls nothing of it: {@link Qwave#qosCreateHandle} starts a service. */
    public boolean hasQwave() {
        return !(qwave instanceof AbsentQwave);
    }

    /**
     * Puts something between the system and all of a JVM that calls it: for tests of whole suites.
     *
     * @throws IllegalStateException if {@link #system} was asked before, or something stands there already
     */
    public static void putBetween(UnaryOperator<WindowsCalls> between) {
        if (!BETWEEN.compareAndSet(NOTHING, between)) {
            throw new IllegalStateException("the calls of this system are in use");
        }
    }

    /**
     * The calls of this system, with Winsock started.
     *
     * @throws UnsatisfiedLinkError if this is not Windows, or one that lacks something
     * @throws IllegalCallerException if native access is denied; the message names the flag to pass
     */
    public static WindowsCalls system() {
        return Native.SYSTEM;
    }
}
