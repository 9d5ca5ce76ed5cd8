// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.names;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lookups that Windows has not answered, by the addresses of their {@code OVERLAPPED}s.
 *
 * <p>Windows must not call back into a JVM that is being taken down, so the end of the JVM ends them first, and waits for
 * call-backs that are running.
 */
public final class PendingLookups {
    /** For how long the end of the JVM waits at most. */
    private static final int EXIT_MILLIS = 500;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final Map<Long, NameQuery> PENDING = new ConcurrentHashMap<>();
    /** Added and not over: Windows has not answered, or its answer is being told. */
    private static final AtomicInteger OPEN = new AtomicInteger();
    private static volatile boolean ending;

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(PendingLookups::endAll, "ringport-lookups-end"));
        } catch (IllegalStateException shuttingDown) {
            ending = true;
        }
    }

    private PendingLookups() {}

    /** Adds a lookup before it begins; not once the JVM ends. */
    static boolean add(long overlapped, NameQuery query) {
        PENDING.put(overlapped, query);
        OPEN.incrementAndGet();
        // In this order, so that either this or the hook sees the other.
        if (ending) {
            PENDING.remove(overlapped);
            over();
            return false;
        }
        return true;
    }

    /** Takes a lookup that Windows has answered; null if that was done. Whoever gets it calls {@link #over}. */
    static @Nullable NameQuery remove(long overlapped) {
        return PENDING.remove(overlapped);
    }

    /** The answer of a lookup that was taken has been told. */
    static void over() {
        OPEN.decrementAndGet();
    }

    static int count() {
        return PENDING.size();
    }

    private static void endAll() {
        ending = true;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EXIT_MILLIS);
        if (!PENDING.isEmpty()) {
            // On another thread, since a cancellation may wait for a call-back that is running.
            Thread.ofPlatform().daemon().name("ringport-lookups-cancel").start(
                    () -> PENDING.values().forEach(NameQuery::cancel));
        }
        while (OPEN.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
