// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsVersion;
import dev.ringport.iocp.loop.CompletionPort;
import dev.ringport.iocp.loop.Features;
import dev.ringport.iocp.selftest.Report;
import dev.ringport.iocp.selftest.SelfTest;
import dev.ringport.iocp.tcp.AbstractStreamChannel;
import dev.ringport.iocp.udp.OverlappedDatagramChannel;
import dev.ringport.loop.NettyFloor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether this system lets Ringport use completion ports. The answer is found once, by really starting Winsock and
 * making a port, and holds for the life of the process. All methods may be called from any thread.
 */
public final class Iocp {
    private static final String FLOOR = "Windows 10 or Windows Server 2016";

    /** Found at first use: a class initialiser runs once and other threads wait for it. */
    private static final class Found {
        static final @Nullable Throwable CAUSE;
        static final @Nullable WindowsCalls CALLS;
        static final @Nullable WindowsVersion VERSION;

        static {
            Throwable cause = null;
            WindowsCalls calls = null;
            WindowsVersion version = null;
            try {
                checkPlatform();
                NettyFloor.ensureMet(AbstractStreamChannel::unsafeClass);
                NettyFloor.ensureMet(OverlappedDatagramChannel::unsafeClass);
                NativeCalls.ensureNativeAccess();
                version = WindowsVersion.ofThisSystem();
                checkFloor(version);
                calls = WindowsCalls.system();
                makePort(calls);
            } catch (IOException | LinkageError lacking) {
                cause = new UnsupportedOperationException(explain(version, lacking), lacking);
            } catch (Throwable t) {
                cause = t;
            }
            CAUSE = cause;
            CALLS = cause == null ? calls : null;
            VERSION = version;
        }
    }

    private Iocp() {}

    private static void checkPlatform() {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).startsWith("windows")) {
            throw new UnsupportedOperationException("completion ports are Windows'; this is " + system);
        }
        if (!"64".equals(System.getProperty("sun.arch.data.model", "64"))) {
            throw new UnsupportedOperationException("the Windows transport needs a 64-bit JVM");
        }
    }

    private static void checkFloor(WindowsVersion version) {
        if (!version.meetsFloor()) {
            throw new UnsupportedOperationException("needed is " + FLOOR + " or later; this is " + version);
        }
    }

    private static void makePort(WindowsCalls calls) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            new CompletionPort(calls.kernel32(), 1, arena).close();
        }
    }

    private static String explain(@Nullable WindowsVersion version, Throwable lacking) {
        return "completion ports cannot be used on "
                + (version == null ? System.getProperty("os.name") : version) + ": " + lacking.getMessage()
                + ". Needed is " + FLOOR + " or later, with the system's own Winsock providers.";
    }

    /** Whether channels and handlers of this package can be made. */
    public static boolean isAvailable() {
        return Found.CAUSE == null;
    }

    /**
     * Throws if the transport is not available.
     *
     * @throws UnsupportedOperationException with the missing thing and the remedy in its message
     */
    public static void ensureAvailability() {
        Throwable cause = Found.CAUSE;
        if (cause != null) {
            throw new UnsupportedOperationException(cause.getMessage(), cause);
        }
    }

    /** Why the transport is not available, with the remedy in the message; null if it is. */
    public static @Nullable Throwable unavailabilityCause() {
        return Found.CAUSE;
    }

    /** What was found, in one line: the Windows, what is on and what is off and why, or why nothing is. */
    public static String capabilities() {
        Throwable cause = Found.CAUSE;
        if (cause != null) {
            return "iocp: off (" + cause.getMessage() + ")";
        }
        return "iocp: on; " + Found.VERSION + "; AcceptEx, ConnectEx, TransmitFile, WSARecvMsg, WSASendMsg on; "
                + features();
    }

    /**
     * Whether a channel that was deregistered can be registered with another event loop. Without that a channel stays
     * with the loop of its first registration. The first call tries it on loopback, which takes milliseconds, and some
     * seconds where it fails: not for event loops. Deregistrations wait for it, and no loop does.
     */
    public static boolean canMoveSockets() {
        return isAvailable() && features().moving().on();
    }

    /**
     * Tries each layer that the transport stands on, on this machine's loopback alone: the calls that block, names and
     * addresses, and the overlapped calls. Attach the report to a bug report; {@link IocpSelfTest} prints it.
     *
     * <p>Blocks, about a second as a rule and 12 s at most: not for event loops. Never throws. Nothing stays open.
     *
     * @return a line for the system, and one for each step: {@code ok}, {@code absent} for what the transport can do
     *     without, or {@code failed}, the functions, the time in microseconds, and what was found or the call that failed
     *     with the number and name of its code
     */
    public static String selfTest() {
        return selfTestReport().toString();
    }

    static Report selfTestReport() {
        String java = System.getProperty("java.vm.name") + " " + Runtime.version();
        try {
            if (isAvailable()) {
                return SelfTest.run(
                        calls(), "iocp: on; " + Found.VERSION + "; " + java, () -> capabilities() + "; " + java);
            }
            return new Report(capabilities() + "; " + java);
        } catch (Throwable t) {
            return new Report("the self-test failed: " + t + "; " + java);
        }
    }

    /** What this Windows can do. */
    static Features features() {
        ensureAvailability();
        return Features.ofThisSystem();
    }

    /** The calls of this system. */
    static WindowsCalls calls() {
        ensureAvailability();
        WindowsCalls calls = Found.CALLS;
        if (calls == null) {
            throw new AssertionError("available without calls");
        }
        return calls;
    }
}
