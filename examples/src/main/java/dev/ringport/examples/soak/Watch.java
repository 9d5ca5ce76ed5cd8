// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the end of the senders: prints a line each ten seconds and gives up when nothing moves any more. */
final class Watch {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int LINE_SECONDS = 10;
    private static final int STALL_SECONDS = 30;

    private Watch() {}

    /** Whether the senders came to their end. */
    static boolean awaitEnd(Senders senders, Faults faults, PrintStream out) throws InterruptedException {
        CompletableFuture<Void> ended = senders.ended();
        long start = System.nanoTime();
        long lastProgress = 0;
        long lastMoved = start;
        long lastSent = 0;
        for (int seconds = 1;; seconds++) {
            try {
                ended.get(Math.max(0, start + seconds * SECOND - System.nanoTime()), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException | ExecutionException notYet) {
                // Looked after below.
            }
            long progress = senders.progress();
            if (progress != lastProgress) {
                lastProgress = progress;
                lastMoved = System.nanoTime();
            } else if (System.nanoTime() - lastMoved >= STALL_SECONDS * SECOND) {
                out.println("stalled: nothing was acknowledged for " + STALL_SECONDS + " s");
                senders.giveUp("stalled");
                return false;
            }
            if (seconds % LINE_SECONDS == 0) {
                long sent = senders.sent();
                out.printf(
                        Locale.ROOT,
                        "%5d s   sent %,d, %,d/s   faults %,d%n",
                        seconds,
                        sent,
                        (sent - lastSent) / LINE_SECONDS,
                        faults.count());
                lastSent = sent;
            }
        }
    }
}
