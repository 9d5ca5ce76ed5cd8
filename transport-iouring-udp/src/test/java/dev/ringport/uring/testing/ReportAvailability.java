// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.Transports;
import dev.ringport.uring.Uring;

/** Prints what a user learns of a system where the transport may be missing. */
public final class ReportAvailability {
    private ReportAvailability() {}

    public static void main(String[] args) {
        System.out.println("available: " + Uring.isAvailable());
        System.out.println("cause: " + Uring.unavailabilityCause());
        System.out.println("best: " + Transports.best().datagrams().name());
        try {
            Uring.ensureAvailability();
        } catch (UnsupportedOperationException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
