// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.testkit.SeccompFilter;

/** As {@link ReportAvailability}, where {@code io_uring_setup} is answered with the error number given. */
public final class RefuseIoUring {
    private static final int SYS_IO_URING_SETUP = 425;

    private RefuseIoUring() {}

    public static void main(String[] args) throws Throwable {
        SeccompFilter.refuse(Integer.parseInt(args[0]), SYS_IO_URING_SETUP);
        ReportAvailability.main(args);
    }
}
