// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.linux.abi.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes rings within the limit of locked memory. Newer kernels (6.18 does, 6.1 does not) charge the queues of a ring and
 * its buffer rings, page by page, to RLIMIT_MEMLOCK: one account for all processes of a user, from which those with
 * CAP_IPC_LOCK are exempt.
 */
public final class LockedMemory {
    private static final int LEAST_SUBMISSIONS = 64;
    private static final int LEAST_COMPLETIONS = 256;
    /** The kernel takes a closed ring apart some 30 ms later, and charges it until then. */
    private static final long TAKEN_APART_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT_LIMIT = Pattern.compile("(?m)^Max locked memory +(\\d+)");

    private static volatile boolean anyClosed;
    private static volatile long lastClosed;
    private static volatile @Nullable String lastSmaller;

    private LockedMemory() {}

    /** A ring was closed. */
    static void ringClosed() {
        lastClosed = System.nanoTime();
        anyClosed = true;
    }

    /** Makes a call again for as long as rings that this process has closed may still be charged. */
    static int untilTakenApart(IntSupplier call) {
        int result = call.getAsInt();
        while (result == -Errno.ENOMEM && anyClosed && System.nanoTime() - lastClosed < TAKEN_APART_NANOS) {
            LockSupport.parkNanos(RETRY_NANOS);
            result = call.getAsInt();
        }
        return result;
    }

    /** What to do where the limit leaves no room. */
    static String remedy() {
        return "The limit of locked memory (RLIMIT_MEMLOCK" + limit()
                + ", one account for all processes of the user) is"
                + " too small: raise it with ulimit -l, LimitMEMLOCK= in a systemd unit or --ulimit memlock= of a"
                + " container, or make fewer or smaller rings";
    }

    private static String limit() {
        try {
            Matcher matcher = SOFT_LIMIT.matcher(Files.readString(LIMITS));
            return matcher.find() ? ", " + matcher.group(1) + " bytes" : "";
        } catch (IOException | SecurityException unknown) {
            return "";
        }
    }

    /**
     * A ring of the size wanted, or the largest below it that there is locked memory for: half the completions, and so
     * on down to 256, then half the submissions down to 64.
     *
     * @param sqEntries entries of the submission queue, a power of two
     * @param cqEntries entries of the completion queue, a power of two, at least as many
     * @param arena where the memory of the ring's own calls lies; it outlives the ring
     * @param bufferRings entries of each buffer ring that the ring will need; memory for them is held from now on
     * @throws RingSetupException if there is none, with the remedy, or if the kernel refuses for another reason
     */
    public static Ring ring(int sqEntries, int cqEntries, Arena arena, int... bufferRings) throws RingSetupException {
        int sq = sqEntries;
        int cq = cqEntries;
        while (true) {
            try {
                Ring ring = withBufferRings(sq, cq, arena, bufferRings);
                if (sq != sqEntries || cq != cqEntries) {
                    lastSmaller = sq + "/" + cq + " instead of " + sqEntries + "/" + cqEntries + " entries";
                }
                return ring;
            } catch (RingSetupException failed) {
                if (!failed.lacksLockedMemory()) {
                    throw failed;
                }
                if (cq / 2 >= Math.max(LEAST_COMPLETIONS, sq)) {
                    cq /= 2;
                } else if (sq / 2 >= LEAST_SUBMISSIONS) {
                    sq /= 2;
                } else {
                    throw failed;
                }
            }
        }
    }

    private static Ring withBufferRings(int sqEntries, int cqEntries, Arena arena, int... bufferRings)
            throws RingSetupException {
        Ring ring = new Ring(sqEntries, cqEntries, arena);
        try {
            for (int count : bufferRings) {
                ring.hold(count, arena);
            }
            return ring;
        } catch (Throwable failed) {
            ring.close();
            throw failed;
        }
    }

    /** The sizes of the ring that was last made smaller than wanted, for a report; null if none was. */
    public static @Nullable String lastSmaller() {
        return lastSmaller;
    }
}
