// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.fail;

/** Waits for events with a limit that only a failure reaches. */
public final class Waiting {
    public static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Waiting() {}

    /** Waits until the condition, which other threads make true. */
    public static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT_NANOS) {
                fail("waited in vain: " + what);
            }
            LockSupport.parkNanos(50_000);
        }
    }
}
