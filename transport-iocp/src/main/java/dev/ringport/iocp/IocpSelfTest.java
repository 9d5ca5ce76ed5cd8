// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.selftest.Report;

/**
 * Prints {@link Iocp#selfTest()} for a bug report. The exit code is 0 if the transport can be used and no step failed,
 * else 1.
 *
 * <pre>{@code
 * java --enable-native-access=ALL-UNNAMED -cp ... dev.ringport.iocp.IocpSelfTest
 * }</pre>
 */
public final class IocpSelfTest {
    private IocpSelfTest() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        Report report = Iocp.selfTestReport();
        System.out.print(report);
        System.exit(Iocp.isAvailable() && report.isClean() ? 0 : 1);
    }
}
