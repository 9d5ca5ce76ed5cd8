// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.loop.NettyFloor;
import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.mmsg.hosts.EpollSet;
import dev.ringport.mmsg.hosts.Probe;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether this system lets Ringport receive and send many datagrams a system call. The answer is found once, by really
 * sending and receiving, and holds for the life of the process. All methods may be called from any thread.
 */
public final class Mmsg {
    private static final String CALLS = "recvmmsg, sendmmsg, epoll_create1, epoll_ctl, epoll_wait and eventfd2";

    /** Found at first use: a class initialiser runs once and other threads wait for it. */
    private static final class Found {
        static final @Nullable Throwable CAUSE;

        static {
            Throwable cause = null;
            try {
                checkPlatform();
                NettyFloor.ensureMet(() -> MmsgDatagramChannel.MmsgUnsafe.class);
                NativeCalls.ensureNativeAccess();
                checkArchitecture();
                Probe.run();
            } catch (Probe.RefusedException refused) {
                cause = new UnsupportedOperationException(explain(refused), refused);
            } catch (Throwable t) {
                cause = t;
            }
            CAUSE = cause;
        }
    }

    private Mmsg() {}

    private static void checkPlatform() {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
            throw new UnsupportedOperationException("recvmmsg and sendmmsg are Linux's; this is " + system);
        }
        if (!"64".equals(System.getProperty("sun.arch.data.model", "64"))) {
            throw new UnsupportedOperationException("the transport needs a 64-bit JVM");
        }
    }

    /** With native access: the calls are linked by this. */
    private static void checkArchitecture() {
        if (!MmsgCalls.areKnown()) {
            throw new UnsupportedOperationException("the numbers of recvmmsg and sendmmsg are not known for "
                    + System.getProperty("os.arch"));
        }
    }

    private static String explain(Probe.RefusedException refused) {
        String what = "recvmmsg and sendmmsg are not available on Linux " + System.getProperty("os.version", "?") + ": "
                + refused.getMessage() + ". ";
        return what + switch (refused.errno()) {
            case Errno.EPERM, Errno.EACCES, Errno.ENOSYS ->
                "A seccomp filter, such as a container's, forbids it: allow "
                        + CALLS + " in the profile.";
            default -> "Needed are " + CALLS + ".";
        };
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

    /** Why the transport is not available, if it is because the system refuses a call. */
    static @Nullable Throwable refusal() {
        Throwable cause = Found.CAUSE;
        return cause != null && cause.getCause() instanceof Probe.RefusedException ? cause : null;
    }

    /** What the probe found, in one line: what is on and what is off, or why nothing is. */
    public static String capabilities() {
        Throwable cause = Found.CAUSE;
        if (cause != null) {
            return "mmsg: off (" + cause.getMessage() + ")";
        }
        return "mmsg: on; kernel " + System.getProperty("os.version") + "; UDP_SEGMENT "
                + onOff(UdpOffloads.segmentation()) + "; UDP_GRO " + onOff(UdpOffloads.receiving())
                + "; epoll_pwait2 " + onOff(EpollSet.canWaitForNanos());
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off (the kernel does not know it)";
    }
}
