// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Has the handles of a loop that ends try again what waits for timers, which the loop has cancelled. On the loop only. */
public final class EndingRetries {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EndingRetries.class);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Collection<LoopRegistration> registrations;
    /** What waits for a timer, whether its handle is still there or not. */
    private final List<Runnable> delayed = new ArrayList<>();
    private long next = System.nanoTime();

    EndingRetries(Collection<LoopRegistration> registrations) {
        this.registrations = registrations;
    }

    /** A task waits for a timer. It runs without one if the loop ends. */
    void add(Runnable task) {
        delayed.add(task);
    }

    /** The task waits no longer. */
    void remove(Runnable task) {
        delayed.remove(task);
    }

    /** The next attempt need not wait for the last. */
    void hurry() {
        next = System.nanoTime();
    }

    /**
     * Tries, unless it did so just now: buffers take their time to become free.
     *
     * @return false if nothing waits any more
     */
    boolean retry() {
        if (registrations.isEmpty() && delayed.isEmpty()) {
            return false;
        }
        long now = System.nanoTime();
        if (now - next < 0) {
            return true;
        }
        next = now + PERIOD_NANOS;
        List<Runnable> nowDue = List.copyOf(delayed);
        delayed.clear();
        for (Runnable task : nowDue) {
            try {
                task.run();
            } catch (Throwable t) {
                LOGGER.warn("trying again failed", t);
            }
        }
        boolean waiting = !delayed.isEmpty();
        for (LoopRegistration registration : List.copyOf(registrations)) {
            try {
                waiting |= registration.handle() instanceof LoopHandle handle && handle.retryWhileEnding();
            } catch (Throwable t) {
                LOGGER.warn("{}: trying again failed", registration.handle(), t);
            }
        }
        return waiting;
    }
}
