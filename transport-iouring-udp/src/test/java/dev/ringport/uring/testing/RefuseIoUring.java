// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.testkit.SeccompFilter;

/**
 * As {@link ReportAvailability}, where the call named, such as {@code io_uring_setup}, is answered with the error number
 * given.
 */
public final class RefuseIoUring {
    private RefuseIoUring() {}

    public static void main(String[] args) throws Throwable {
        int number = switch (args[1]) {
            case "io_uring_setup" -> 425;
            case "io_uring_enter" -> 426;
            case "io_uring_register" -> 427;
            default -> throw new IllegalArgumentException(args[1]);
        };
        SeccompFilter.refuse(Integer.parseInt(args[0]), number);
        ReportAvailability.main(args);
    }
}
