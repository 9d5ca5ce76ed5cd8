// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.linux.abi.Errno;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a loop does about a kernel that takes nothing and brings nothing, enter after enter: it says so at once and then
 * once a minute, and rests longer and longer between two enters. On the loop only.
 */
public final class EnterRefusals {
    /** In nanoseconds. */
    public static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** In nanoseconds. */
    public static final long FIRST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** In nanoseconds. */
    public static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EnterRefusals.class);

    private final LongSupplier nanoClock;
    private boolean restDue;
    private boolean any;
    private long unlogged;
    private long loggedAt;
    private boolean everLogged;
    private long nextRest = FIRST_REST_NANOS;
    private long rested;

    /** With a clock. */
    public EnterRefusals(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** An enter did what it is for. */
    public void accepted() {
        if (any) {
            any = false;
            restDue = false;
            nextRest = FIRST_REST_NANOS;
        }
    }

    /**
     * An enter took no entry and brought no completion.
     *
     * @param errno why, or 0
     */
    public void refused(int errno) {
        any = true;
        restDue = true;
        unlogged++;
        long now = nanoClock.getAsLong();
        if (everLogged && now - loggedAt < LOG_NANOS) {
            return;
        }
        everLogged = true;
        loggedAt = now;
        LOGGER.warn("the kernel refuses the loop's entries, {} time(s) since this was last said; {}", unlogged,
                errno == 0 ? "io_uring_enter took none" : Errno.message("io_uring_enter", errno));
        unlogged = 0;
    }

    /** Whether enters have been refused since one was last accepted. */
    public boolean any() {
        return any;
    }

    /** Whether the loop is to rest before the next enter. */
    public boolean isRestDue() {
        return restDue;
    }

    /** How long the loop rests now: each time twice as long, within bounds, until an enter is accepted. */
    public long nextRestNanos() {
        restDue = false;
        long rest = nextRest;
        nextRest = Math.min(2 * nextRest, LONGEST_REST_NANOS);
        rested += rest;
        return rest;
    }

    /** All rests together, for tests. */
    public long restedNanos() {
        return rested;
    }
}
