// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.loop.NettyFloor;
import dev.ringport.uring.ring.LockedMemory;
import dev.ringport.uring.ring.Probe;
import dev.ringport.uring.ring.RingSetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether this system lets Ringport use io_uring. The answer is found once, by really sending and receiving a datagram
 * through a ring, and holds for the life of the process. All methods may be called from any thread.
 */
public final class Uring {
    private static final String FLOOR = "Linux 6.1";
    private static final Path SYSCTL = Path.of("/proc/sys/kernel/io_uring_disabled");

    /** Found at first use: a class initialiser runs once and other threads wait for it. */
    private static final class Found {
        static final @Nullable Throwable CAUSE;
        static final @Nullable String RING;

        static {
            Throwable cause = null;
            String ring = null;
            try {
                checkPlatform();
                NettyFloor.ensureMet(() -> UringDatagramChannel.UringUnsafe.class);
                NativeCalls.ensureNativeAccess();
                UringIoHandlerConfig usual = new UringIoHandlerConfig();
                ring = Probe.run(
                        usual.submissionQueueEntries(), usual.completionQueueEntries(), usual.receiveSlots());
            } catch (RingSetupException refused) {
                cause = new UnsupportedOperationException(explain(refused), refused);
            } catch (Throwable t) {
                cause = t;
            }
            CAUSE = cause;
            RING = ring;
        }
    }

    private Uring() {}

    private static void checkPlatform() {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
            throw new UnsupportedOperationException("io_uring is Linux's; this is " + system);
        }
        if (!"64".equals(System.getProperty("sun.arch.data.model", "64"))) {
            throw new UnsupportedOperationException("io_uring needs a 64-bit JVM");
        }
    }

    private static String explain(RingSetupException refused) {
        String kernel = System.getProperty("os.version", "?");
        String what = "io_uring is not available on Linux " + kernel + ": " + refused.getMessage() + ". ";
        if (refused.lacksLockedMemory()) {
            // The message has the remedy.
            return what.strip();
        }
        if (!refused.refusesRings()) {
            return what + "Needed is " + FLOOR + " or later.";
        }
        return what + switch (refused.errno()) {
            case Errno.EPERM -> switch (sysctl()) {
                case "2" -> "kernel.io_uring_disabled is 2, which forbids it to all: set it to 0.";
                case "1" -> "kernel.io_uring_disabled is 1, which forbids it to this user: set it to 0, or join the"
                        + " group of kernel.io_uring_group.";
                default -> "A seccomp filter, such as a container's, forbids it: allow io_uring_setup, io_uring_enter"
                        + " and io_uring_register in the profile.";
            };
            case Errno.ENOSYS -> "The kernel was built without it, or a seccomp filter hides it: needed is " + FLOOR
                    + " or later and a profile that allows io_uring_setup, io_uring_enter and io_uring_register.";
            default -> "Needed is " + FLOOR + " or later.";
        };
    }

    private static String sysctl() {
        try {
            return Files.readString(SYSCTL).strip();
        } catch (IOException | SecurityException unknown) {
            return "";
        }
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

    /** What the probe found, in one line: what is on and what is off, or why nothing is. */
    public static String capabilities() {
        String ring = Found.RING;
        if (ring == null) {
            Throwable cause = Found.CAUSE;
            return "io_uring: off (" + (cause == null ? "unknown" : cause.getMessage()) + ")";
        }
        return "io_uring: on; kernel " + System.getProperty("os.version") + "; ring " + ring
                + "; multishot receive on; provided buffers on; UDP_SEGMENT " + onOff(UdpOffloads.segmentation())
                + "; UDP_GRO " + onOff(UdpOffloads.receiving()) + smallerRings();
    }

    private static String smallerRings() {
        String smaller = LockedMemory.lastSmaller();
        return smaller == null ? "" : "; for want of locked memory (ulimit -l) the last small ring has " + smaller;
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off (the kernel does not know it)";
    }
}
