// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The last resort: memory that the system may still write although nobody could wait any longer. It is kept for the
 * life of the process, strongly, because the collector frees what cannot be reached.
 */
public final class KeptMemory {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(KeptMemory.class);
    private static final Queue<Object> KEPT = new ConcurrentLinkedQueue<>();

    private KeptMemory() {}

    /**
     * Keeps the owner of the memory and says so once.
     *
     * @param operations how many operations were still in flight
     * @param bytes how much native memory the owner holds
     */
    public static void keep(Object owner, int operations, long bytes) {
        KEPT.add(owner);
        LOGGER.warn("the system did not complete {} operation(s) in time; {} bytes stay allocated for good",
                operations, bytes);
    }

    /** Whether the owner is kept, for tests. */
    public static boolean isKept(Object owner) {
        return KEPT.contains(owner);
    }
}
