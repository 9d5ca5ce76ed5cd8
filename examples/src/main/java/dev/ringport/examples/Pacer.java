// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

/** Lets through so many datagrams per second. What a stall left unused is made up for by one burst at most. */
final class Pacer {
    private final double perNano;
    private final int burst;
    private double credit = 1;
    private long creditedAt;
    private boolean started;

    /** With a rate of 0 there is no limit. */
    Pacer(double perSecond, int burst) {
        perNano = perSecond / 1e9;
        this.burst = burst;
    }

    boolean isLimited() {
        return perNano > 0;
    }

    /** Whether a datagram may leave now. */
    boolean take(long now) {
        if (!isLimited()) {
            return true;
        }
        if (started) {
            credit = Math.min(burst, credit + (now - creditedAt) * perNano);
        }
        started = true;
        creditedAt = now;
        if (credit < 1) {
            return false;
        }
        credit--;
        return true;
    }
}
