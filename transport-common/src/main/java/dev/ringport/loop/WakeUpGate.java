// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Decides who has to wake a loop, and when: one system call at most for each time that it sleeps, none while it is
 * awake, and no wake-up is ever lost. A wake-up while the loop is awake keeps it from falling asleep once.
 */
public final class WakeUpGate {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int NOTIFIED = 2;
    private static final int CLOSED = 1 << 30;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final AtomicInteger wakers = new AtomicInteger();

    /** A gate of a loop that is awake. */
    public WakeUpGate() {}

    /**
     * Notifies the loop, from any thread, at any time.
     *
     * @param wake makes the system call and answers whether that woke the loop; run only when the loop sleeps, and
     *     never during or after {@link #close}
     */
    public void wakeUp(BooleanSupplier wake) {
        if (state.getAndSet(NOTIFIED) != ASLEEP) {
            return;
        }
        boolean woken = false;
        // close() waits until nobody is between these two: what the call uses is still there.
        int others = wakers.getAndIncrement();
        try {
            woken = others < CLOSED && wake.getAsBoolean();
        } finally {
            wakers.getAndDecrement();
            if (!woken) {
                // The next waker has to try again. If the loop is awake by now, this keeps it awake once as NOTIFIED does.
                state.compareAndSet(NOTIFIED, ASLEEP);
            }
        }
    }

    /** Says that the loop is about to sleep; false if somebody wants it awake. */
    public boolean fallAsleep() {
        if (state.compareAndSet(AWAKE, ASLEEP)) {
            return true;
        }
        state.set(AWAKE);
        return false;
    }

    /** The loop is awake. */
    public void awake() {
        state.set(AWAKE);
    }

    /** Lets no waker in any more, and waits for those inside. */
    public void close() {
        wakers.getAndAdd(CLOSED);
        while (wakers.get() != CLOSED) {
            Thread.onSpinWait();
        }
    }
}
