// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.DatagramConnectedWriteExceptionTest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class IocpDatagramConnectedWriteExceptionTest extends DatagramConnectedWriteExceptionTest {
    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return Bootstraps.datagram();
    }

    /** Netty switches it off on Windows, for NIO, and gives it 10 s, which the first loop of a JVM was seen to take. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    @Override
    public void testWriteThrowsPortUnreachableException(TestInfo testInfo) throws Throwable {
        run(testInfo, (Runner<Bootstrap>) this::testWriteExceptionAfterServerStop);
    }
}
