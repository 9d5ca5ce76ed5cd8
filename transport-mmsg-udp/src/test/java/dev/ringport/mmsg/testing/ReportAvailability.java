// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import dev.ringport.Transports;
import dev.ringport.mmsg.Mmsg;

/** Prints what a user learns of a system where the transport may be missing. */
public final class ReportAvailability {
    private ReportAvailability() {}

    public static void main(String[] args) {
        System.out.println("available: " + Mmsg.isAvailable());
        System.out.println("cause: " + Mmsg.unavailabilityCause());
        System.out.println("capabilities: " + Mmsg.capabilities());
        System.out.println("best: " + Transports.best().datagrams().name());
        try {
            Mmsg.ensureAvailability();
        } catch (UnsupportedOperationException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
